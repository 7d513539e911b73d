/** As go.mod has it: clients refuse a server that does not know its version. */
export const KUBERNETES = "1.34.4";

/** What the linker writes into each of its programs */
export function kubernetesLdflags(): string {
  const [major, minor] = KUBERNETES.split(".");
  const version = { gitVersion: `v${KUBERNETES}`, gitMajor: major, gitMinor: minor };
  return Object.entries(version)
    .map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`)
    .join(" ");
}
