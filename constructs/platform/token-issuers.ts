import { type EventSources, plainString, refuse, type RegistryIssuer, type RegistryTrust, shown } from "../../domain";
import { byText } from "../../domain/by-text";
import { issuerAddress } from "../../domain/issuer-address";
import type { SignalsProps } from "./signals";
import { type DeclaredSources, sourcesOf } from "../../domain/starter";

const ALGORITHMS = ["ES256", "ES384", "EdDSA", "PS256", "RS256"] as const satisfies readonly TokenAlgorithm[];
const DEFAULT_ALGORITHMS = ["ES256", "RS256"] as const;
const STARTS = ["event", "schedule"] as const;
const LONGEST_ADDRESS = 512;
const ADDRESS = /^https:\/\/[a-z0-9.-]+(:\d{1,5})?(\/[A-Za-z0-9._~%@:+,;=/-]*)?$/;
/** Some providers tell their key sets apart by a query. */
const KEYS_ADDRESS = /^https:\/\/[a-z0-9.-]+(:\d{1,5})?(\/[A-Za-z0-9._~%@:+,;=/-]*)?(\?[A-Za-z0-9._~%@:+,;=/&-]*)?$/;

/** Of JWS (RFC 7518, RFC 8037); one with a shared secret is never among them */
export type TokenAlgorithm = "ES256" | "ES384" | "EdDSA" | "PS256" | "RS256";

export interface TokenIssuerProps {
  /** Claim `iss` of its tokens, to the letter: an https address */
  readonly issuer: string;
  /** https address of its keys: `jwks_uri` of its metadata, as no standard derives it from the issuer */
  readonly jwksUri: string;
  /**
   * Algorithms of its signatures.
   *
   * @default - ES256 and RS256
   */
  readonly algorithms?: readonly TokenAlgorithm[];
}

/** An identity provider of users */
export interface UserIssuerProps extends TokenIssuerProps {
  /**
   * It tells the exchange when logins of its users have ended, and what they have started ends then.
   *
   * @default - evidence of its users is good until it expires
   */
  readonly signals?: SignalsProps;
}

export interface StarterProps extends TokenIssuerProps {
  /** Which starts its tokens may prove: `schedule`, `event` or both */
  readonly starts: readonly ("event" | "schedule")[];
  /**
   * Datasets and tools that its events are about, or `{ outside: { reason } }` where no agent of the fleet can bring one about.
   *
   * @default - unknown: each event inherits all that the agent has held
   */
  readonly sources?: EventSources;
}

export interface TokenIssuers {
  readonly issuers: readonly UserIssuerProps[];
  readonly starters: readonly StarterProps[];
  /** From which agents get tokens by themselves, by the property that names it */
  readonly ofWorkloads: Readonly<Record<string, string>>;
}

/**
 * Issuers whose tokens start tasks, sorted by issuer: no duplicates, however spelled, and no issuer of agents' tokens.
 */
export function tokenIssuers({ issuers, starters, ofWorkloads }: TokenIssuers, where: string): RegistryTrust {
  const known = new Map<string, { readonly property: string; readonly name: string }>();
  const entry = (props: TokenIssuerProps, property: string) => {
    const checked = tokenIssuer(props, ofWorkloads, where, property);
    const name = checked.issuer;
    const other = known.get(issuerAddress(name));
    if (other !== undefined) {
      const said = other.name === name ? "is that of" : `is only another spelling of ${shown(other.name)} of`;
      const what = `${property}.issuer must be used only once, got ${shown(name)}, which ${said} ${other.property}`;
      refuse("platform.malformed", where, `${what}: name each issuer once`);
    }
    known.set(issuerAddress(name), { property, name });
    return checked;
  };
  return {
    issuers: sorted(issuers.map((props, index) => entry(props, `issuers[${index}]`))),
    starters: sorted(
      starters.map((props, index) => ({
        ...entry(props, `starters[${index}]`),
        starts: listed(props.starts, STARTS, where, `starters[${index}].starts`),
      })),
    ),
  };
}

/** One issuer with its defaults, whose tokens no workload has by itself */
export function tokenIssuer(
  { issuer, jwksUri, algorithms = DEFAULT_ALGORITHMS }: TokenIssuerProps,
  ofWorkloads: TokenIssuers["ofWorkloads"],
  where: string,
  property: string,
): RegistryIssuer {
  const name = address(issuer, ADDRESS, "user, query and fragment", where, `${property}.issuer`);
  notOfWorkloads(name, ofWorkloads, where, `${property}.issuer`);
  return {
    issuer: name,
    jwksUri: address(jwksUri, KEYS_ADDRESS, "user and fragment", where, `${property}.jwksUri`),
    algorithms: listed(algorithms, ALGORITHMS, where, `${property}.algorithms`),
  };
}

/** Every agent can get tokens of these issuers for any audience: it could start itself at will. */
function notOfWorkloads(name: string, ofWorkloads: TokenIssuers["ofWorkloads"], where: string, property: string): void {
  const own = issuerAddress(name);
  const [workloads] = Object.entries(ofWorkloads).find(([, issuer]) => issuerAddress(issuer) === own) ?? [];
  if (workloads === undefined) return;
  const what = `${property} must give no agent a token, got ${shown(name)}, which is ${workloads} of the platform`;
  refuse("platform.malformed", where, `${what}: name the identity provider of the users, or what starts the tasks`);
}

function address(value: unknown, form: RegExp, without: string, where: string, property: string): string {
  const text = plainString(value, where, property);
  if (!form.test(text) || !URL.canParse(text) || text.length > LONGEST_ADDRESS) {
    const what = `must be an https address without ${without}, at most ${LONGEST_ADDRESS} characters`;
    refuse("platform.malformed", where, `${property} ${what}, got ${shown(text)}`);
  }
  return text;
}

function listed<T extends string>(
  values: readonly T[],
  known: readonly T[],
  where: string,
  property: string,
): readonly T[] {
  if (!Array.isArray(values) || values.length === 0 || values.some((value) => !known.includes(value as T))) {
    refuse("platform.malformed", where, `${property} must list some of ${known.join(", ")}, got ${shown(values)}`);
  }
  return known.filter((value) => values.includes(value));
}

function sorted<T extends { readonly issuer: string }>(entries: readonly T[]): readonly T[] {
  return [...entries].sort((a, b) => byText(a.issuer, b.issuer));
}

/** What the events of the platform's starters tell of, by issuer, where it is declared */
export function eventSources(
  starters: readonly StarterProps[],
  where: string,
): ReadonlyMap<string, NonNullable<DeclaredSources>> {
  return new Map(
    starters.flatMap(({ issuer, starts, sources }, index) => {
      const declared = sourcesOf(sources, where, {
        property: `starters[${index}].sources`,
        code: "platform.malformed",
      });
      if (declared === undefined) return [];
      if (starts.includes("event")) return [[issuer, declared] as const];
      const what = `starters[${index}].sources are of events, which the starter does not prove`;
      return refuse("platform.malformed", where, `${what}: leave it out, or add "event" to starts`);
    }),
  );
}
