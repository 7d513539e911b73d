/** Where cdktf puts the code and data that a stack uploads: no resource is declared in it. */
const ASSET = /^stacks\/[^/]+\/assets\//;

export function isAsset(file: string): boolean {
  return ASSET.test(file);
}
