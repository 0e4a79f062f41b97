/** What a server and a worker take for a workflow that does nothing. */
export async function empty() {}
