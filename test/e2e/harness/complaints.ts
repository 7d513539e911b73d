/** What a command says on standard error besides how far it is, which depends on how busy the machine is */
export function complaints(stderr: string): string {
  return stderr.replace(/^ambit: .* … \d+ s\n/gm, "");
}
