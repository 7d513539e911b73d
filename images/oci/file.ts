/** One entry of an image's file system; folders above it are made as they are needed. */
export type ImageFile =
  | { readonly path: string; readonly mode?: number; readonly content: string | Buffer }
  | { readonly path: string; readonly mode?: number; readonly copyOf: string }
  | { readonly path: string; readonly linkTo: string }
  | { readonly path: string; readonly mode: number; readonly folder: true };
