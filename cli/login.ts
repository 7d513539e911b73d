import { readFileSync } from "node:fs";
import { Command } from "commander";
import { LIMITS } from "../domain/limits";
import { OpenIdProvider } from "../runtime/exchange/approver-page/identity-provider";
import { exchangeAddress } from "./exchange-server";
import { deviceLogin } from "./login/device";
import { claimsOf, endOf, keepToken } from "./login/kept-token";
import { loopbackLogin } from "./login/loopback";
import { CliError, type Io, UsageError } from "./program";
import { printable } from "./terminal";

const HELP = `
The client is the one in people of the platform. Without --device a browser on this machine returns to
http://127.0.0.1:<port>/signed-in, which the client must allow (RFC 8252). The ID token is kept in
$XDG_STATE_HOME/ambit/login.json, or ~/.local/state/ambit/login.json, for you alone, and is never printed. approvals, approve,
refuse, revoke and restore use it by default, and only at the exchange that it is for: any other server could reuse your login.

Exit codes: 0 logged in, 1 refused or failed, 64 usage error.`;

const MILLISECONDS = 5 * 60_000;

interface Flags {
  readonly exchange?: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly ca?: string;
  readonly device?: true;
}

export function loginCommand(io: Io): Command {
  return new Command("login")
    .description("Log in as a person, to decide on approvals and to stop agents.")
    .requiredOption("--issuer <url>", "https address of your identity provider")
    .requiredOption("--client-id <id>", "client of people of the platform")
    .option(
      "--exchange <url>",
      "https address of the exchange that the login is for; AMBIT_EXCHANGE where it is left out",
    )
    .option("--ca <file>", "PEM of the authority of the identity provider; those that Node trusts where it is left out")
    .option("--device", "log in with a browser of another machine")
    .addHelpText("after", HELP)
    .action(async (flags: Flags) => {
      const { origin } = exchangeAddress(flags);
      const token = await tokenOf(flags, io);
      const file = keepToken({ exchange: origin, idToken: token });
      const { email, sub } = claimsOf(token);
      const until = new Date(endOf(token) * 1_000).toISOString();
      io.out(printable(`logged in as ${String(email ?? sub)} until ${until} for ${origin}, kept in ${file}`) + "\n");
    });
}

/** @throws UsageError, CliError */
async function tokenOf({ issuer, clientId, ca: file, device }: Flags, io: Io): Promise<string> {
  if (!URL.canParse(issuer) || new URL(issuer).protocol !== "https:") {
    throw new UsageError(`--issuer must be the https address of your identity provider, got ${JSON.stringify(issuer)}`);
  }
  const ca = file === undefined ? undefined : readFileSync(file, "utf8");
  const visit = (url: string, code?: string): void =>
    io.err(printable(`open in a browser: ${url}${code === undefined ? "" : `, and compare the code ${code}`}`) + "\n");
  try {
    if (device === true) return await deviceLogin({ issuer, clientId, ca, visit });
    const provider = new OpenIdProvider(ca);
    const { seconds: recentLoginSeconds } = LIMITS.recentLogin.default;
    const login = { provider, issuer, clientId, recentLoginSeconds, milliseconds: MILLISECONDS, visit };
    return await loopbackLogin(login);
  } catch (error) {
    if (error instanceof CliError) throw error;
    const { message, cause } = error as Error;
    const { error: code, message: because } = Object(cause ?? {}) as {
      readonly error?: string;
      readonly message?: string;
    };
    throw new CliError(`the login failed: ${[message, code ?? because].filter(Boolean).join(": ")}`);
  }
}
