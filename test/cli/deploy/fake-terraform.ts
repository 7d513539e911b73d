import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * A program that answers as Terraform does, and remembers in a folder which stacks are applied. It is a shell script, because
 * a deploy starts dozens of them.
 */
const SCRIPT = `#!/bin/sh
set -eu
state=STATE
stack=\${PWD##*/}
[ "$1" = version ] && { echo '{"terraform_version":"1.99.0"}'; exit 0; }
echo "$* in $stack" >> $state/log
[ -e "$state/$1-fails-$stack" ] && { echo "Error: $1 of $stack" >&2; exit 1; }
case "$1" in
init) mkdir -p .terraform; echo lock > .terraform.lock.hcl ;;
plan)
  for last; do case "$last" in -out=*) plan=\${last#-out=} ;; esac; done
  case "$*" in *-target=*) echo "target $stack" > "$plan"; exit 2 ;; esac
  case "$*" in
  *-destroy*) [ -e $state/applied-$stack ] || exit 0; echo "destroy $stack" > "$plan" ;;
  *)
    [ -e $state/applied-$stack ] && cmp -s cdk.tf.json $state/applied-$stack && exit 0
    echo "apply $stack" > "$plan" ;;
  esac
  echo "Plan: something to do"
  exit 2 ;;
show)
  for plan; do :; done
  read -r act what < "$plan"
  case "$act" in
  destroy) echo '{"resource_changes":[{"change":{"actions":["delete"]}}]}' ;;
  *) echo '{"resource_changes":[{"change":{"actions":["create"]}},{"change":{"actions":["delete","create"]}},{"change":{"actions":["update"]}},{"change":{"actions":["no-op"]}}]}' ;;
  esac ;;
apply)
  for plan; do :; done
  read -r act what < "$plan"
  case "$act" in
  apply) cp cdk.tf.json $state/applied-$stack ;;
  destroy) rm $state/applied-$stack ;;
  esac ;;
output) cat $state/output-$stack 2>/dev/null || exit 1 ;;
esac
`;

export interface FakeTerraform {
  readonly binary: string;
  /** What it was asked, plans and outputs by \`show\` left out */
  calls(): readonly string[];
  /** Every later call of this command in this stack fails, until it is mended */
  fail(command: string, stack: string): void;
  mend(command: string, stack: string): void;
  isApplied(stack: string): boolean;
  /** What its outputs say */
  says(stack: string, value: string): void;
}

const made: string[] = [];
afterAll(() => made.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

export function fakeTerraform(): FakeTerraform {
  const state = mkdtempSync(join(tmpdir(), "ambit-fake-terraform-"));
  made.push(state);
  const binary = join(state, "terraform");
  writeFileSync(binary, SCRIPT.replaceAll("STATE", state));
  chmodSync(binary, 0o755);
  const log = join(state, "log");
  const failing = (command: string, stack: string): string => join(state, `${command}-fails-${stack}`);
  return {
    binary,
    calls: () => {
      const lines = existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : [];
      rmSync(log, { force: true });
      return lines.filter((line) => !/^(show|init) /.test(line)).map(short);
    },
    fail: (command, stack) => writeFileSync(failing(command, stack), ""),
    mend: (command, stack) => rmSync(failing(command, stack)),
    isApplied: (stack) => existsSync(join(state, `applied-${stack}`)),
    says: (stack, value) => writeFileSync(join(state, `output-${stack}`), value),
  };
}

/** Without what is the same each time, and where the plan lies */
function short(call: string): string {
  return call
    .replace(/ -(input=false|no-color|detailed-exitcode)/g, "")
    .replace(/-out=\S+/, "-out")
    .replace(/^apply \S+/, "apply plan");
}
