/** The columns that we add to every loaded row: its partition's key, and the path of the file that it came from. */
export const PARTITION_COLUMN = '_tidemark_partition'
export const FILE_COLUMN = '_tidemark_file'
/** In staged rows of several files: which of them each row is of. */
export const INDEX_COLUMN = '_tidemark_index'
/** Where `onSchemaChange: 'rescue'` keeps the cells of columns that are not declared. */
export const RESCUED_COLUMN = '_tidemark_rescued'
/** Names that begin so are ours. */
export const OWN_PREFIX = '_tidemark_'
