/** The columns that we add to every loaded row: its partition's key, and the path of the file that it came from. */
export const PARTITION_COLUMN = '_tidemark_partition'
export const FILE_COLUMN = '_tidemark_file'
