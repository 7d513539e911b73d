interface OwnFolder {
  path?: string;
  /** TMPDIR of the machine */
  before?: string | undefined;
}

/** Jest reads what begins and what ends a run as two programs in one process: the global object is what they share. */
export const ownFolder: OwnFolder = ((globalThis as { ambitTestFolder?: OwnFolder }).ambitTestFolder ??= {});
