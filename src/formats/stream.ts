/** Bytes in chunks of any size; the same type as the contract's, declared here because formats are below it. */
export type ByteStream = AsyncIterable<Uint8Array>;
