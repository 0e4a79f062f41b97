/** How the ledger's reason begins of a file that is a copy of another one; the other one's path follows. */
export const SAME_BYTES = 'same bytes as '
