import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { madeOnce } from "../harness/cache";
import { answers, succeed } from "../harness/process";
import { Skipped } from "../harness/suite";

const MODULE = join(__dirname, "..", "engines", "opentofu");
/** Without it the binary says that it is a development build, as it does not know its release. */
const RELEASE = "-X github.com/opentofu/opentofu/version.dev=no";
const PACKAGE = "github.com/opentofu/opentofu/cmd/tofu";

/** `tofu` from the PATH, or else built from the Go module proxy at the version that go.mod pins. */
export async function openTofu(): Promise<string> {
  if ((await answers("tofu", ["version"])) !== undefined) return "tofu";
  if ((await answers("go", ["version"])) === undefined) throw new Skipped("no tofu on the PATH, and no go to build it");
  const files = ["go.mod", "go.sum"].map((file) => join(MODULE, file));
  try {
    const folder = await madeOnce("opentofu", files, async (unfinished) => {
      for (const file of files) copyFileSync(file, join(unfinished, file.slice(MODULE.length)));
      const build = ["build", "-mod=readonly", "-ldflags", RELEASE, "-o", join(unfinished, "tofu"), PACKAGE];
      await succeed("go", build, { cwd: unfinished, timeoutSeconds: 1200 });
    });
    return join(folder, "tofu");
  } catch (error) {
    throw new Skipped(`OpenTofu cannot be built: ${(error as Error).message.split("\n").at(-1)}`);
  }
}
