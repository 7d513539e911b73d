import { join } from "node:path";
import { goPrograms } from "../harness/go-program";
import { answers } from "../harness/process";

/** `tofu` from the PATH, or else built from the Go module proxy at the version that go.mod pins. */
export async function openTofu(): Promise<string> {
  if ((await answers("tofu", ["version"])) !== undefined) return "tofu";
  const { tofu } = await goPrograms({
    name: "opentofu",
    module: join(__dirname, "..", "engines", "opentofu"),
    packages: { tofu: "github.com/opentofu/opentofu/cmd/tofu" },
    // Without it the binary says that it is a development build, as it does not know its release.
    ldflags: "-X github.com/opentofu/opentofu/version.dev=no",
  });
  return tofu;
}
