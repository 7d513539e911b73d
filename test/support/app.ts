import { type App, Manifest, Testing } from "cdktf";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/** An app that has a folder only while {@link synthesized} reads it: most tests refuse before anything is written. */
export function testApp(): App {
  const app = Testing.app();
  rmSync(app.outdir, { recursive: true });
  return app;
}

/** Synthesizes the whole app into its temporary folder, and removes that when it was read. */
export function synthesized<Read>(app: App, read: (outdir: string) => Read): Read {
  try {
    mkdirSync(join(app.outdir, Manifest.stacksFolder), { recursive: true });
    app.synth();
    return read(app.outdir);
  } finally {
    rmSync(app.outdir, { recursive: true, force: true });
  }
}
