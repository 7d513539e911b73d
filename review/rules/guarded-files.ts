import { printable } from "../../domain/printable";
import type { Unknown } from "../change";
import { matchesPath } from "./glob";
import { RULES_FILE } from "./rules-file";
import type { ReviewRules } from "./rules-schema";

interface Guard {
  readonly what: string;
  readonly why: string;
  readonly globs: readonly string[];
}

const RULES: Guard = {
  what: "the review rules",
  why: "so that later reviews may ask for other approvals",
  globs: [`**/${RULES_FILE}`],
};

/** Files that decide about agents and are not in the synthesized folder; the first match names the file */
const USUAL: readonly Guard[] = [
  {
    what: "the code owners",
    why: "so that other people may have to approve changes",
    globs: ["**/CODEOWNERS"],
  },
  {
    what: "the workflow",
    why: "so that synth, review and deploy may run other code",
    globs: [
      ".github/**",
      "**/.gitlab-ci.yml",
      ".gitlab/**",
      ".forgejo/**",
      ".gitea/**",
      ".circleci/**",
      ".buildkite/**",
      "**/Jenkinsfile*",
      "**/azure-pipelines*.yml",
      "**/bitbucket-pipelines.yml",
    ],
  },
  {
    what: "the dependencies",
    why: "so that synth, the review and the constructs may run other code",
    globs: [
      "**/package.json",
      "**/package-lock.json",
      "**/npm-shrinkwrap.json",
      "**/pnpm-lock.yaml",
      "**/pnpm-workspace.yaml",
      "**/.pnpmfile.*",
      "**/yarn.lock",
      "**/.yarnrc*",
      "**/.yarn/**",
      "**/.pnp.*",
      "**/bun.lock",
      "**/bun.lockb",
      "**/bunfig.toml",
      "**/.npmrc",
      "**/.gitmodules",
    ],
  },
  {
    what: "the program",
    why: "so that the same declarations may synthesize to another result",
    globs: [
      "**/main.ts",
      "**/cdktf.json",
      "**/tsconfig*.json",
      "**/.swcrc",
      "**/.nvmrc",
      "**/.node-version",
      "**/.tool-versions",
    ],
  },
  {
    what: "the providers",
    why: "so that another program may apply the same configuration",
    globs: ["**/.terraform.lock.hcl"],
  },
  {
    what: "the policy",
    why: "so that policy engines may allow more, which is not compared",
    globs: ["policies/**", "**/*.rego", "**/*.cedar", "**/*.cedarschema"],
  },
  {
    what: "the image",
    why: "so that another program may run under the same name",
    globs: ["images/**", "**/Dockerfile*", "**/*.Dockerfile", "**/Containerfile*", "**/.dockerignore"],
  },
];

export interface GuardedFile {
  /** As git writes it */
  readonly path: string;
  readonly unknown: Unknown;
}

/**
 * The guarded ones of these files, and the unknowns that their change causes.
 *
 * @param rulesFiles name of the rules file, if not the default, and the target of its link
 */
export function guardedFiles(
  changed: readonly string[],
  { guarded, unguarded, approvals }: Pick<ReviewRules, "guarded" | "unguarded" | "approvals">,
  rulesFiles: readonly string[] = [],
): readonly GuardedFile[] {
  // A rule for unguarded files would never apply.
  const named = [...guarded, ...approvals.flatMap(({ when }) => when.files ?? [])];
  const own: Guard = { what: "the guarded file", why: "and the review rules guard it", globs: named };
  const rules: Guard = { ...RULES, globs: [...RULES.globs, ...rulesFiles.map((name) => `**/${name}`)] };
  return [...new Set(changed)].sort().flatMap((path) => {
    const isFree = unguarded.some(({ files }) => matchesPath(files, path));
    const guard = [rules, ...(isFree ? [] : USUAL), own].find(({ globs }) => globs.some((glob) => takes(glob, path)));
    return guard === undefined ? [] : [{ path, unknown: unknownOf(guard, printable(path)) }];
  });
}

/** Some file systems treat `Package.json` and `package.json` as one file. */
function takes(glob: string, path: string): boolean {
  return matchesPath(glob.toLowerCase(), path.toLowerCase());
}

function unknownOf({ what, why }: Guard, path: string): Unknown {
  return { what: `${what} ${path}`, why: `it changes, ${why}`, source: { address: path } };
}
