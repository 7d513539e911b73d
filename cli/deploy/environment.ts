import { UsageError } from "../program";

/** What sends Terraform elsewhere than the reviewed folder says, or to other code */
const REDIRECTS = /^TF_(CLI_ARGS(_.*)?|WORKSPACE|DATA_DIR|VAR_.*|REATTACH_PROVIDERS)$/i;
/** Where providers come from: a pipeline needs them, and a reader of its log sees them */
const SHOWN = ["TF_CLI_CONFIG_FILE", "TERRAFORM_CONFIG", "TF_PLUGIN_CACHE_DIR"];

/**
 * What the environment says of where providers come from
 *
 * @throws UsageError for a variable that would have something else applied than what was reviewed
 */
export function shownOf(environment: NodeJS.ProcessEnv): readonly string[] {
  const set = (name: string): boolean => (environment[name] ?? "") !== "";
  const redirecting = Object.keys(environment).filter((name) => REDIRECTS.test(name) && set(name));
  if (redirecting.length > 0) {
    const names = redirecting.sort().join(", ");
    throw new UsageError(`the environment must not say what Terraform does beside what was reviewed: unset ${names}`);
  }
  return SHOWN.filter(set).map((name) => `${name}=${environment[name]}`);
}
