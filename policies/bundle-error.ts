/** A bundle, its archive or its signature that is not as it must be: one sentence with the fix. */
export class BundleError extends Error {
  public override readonly name = "BundleError";
}
