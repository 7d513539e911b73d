/** In PEM */
export interface Identity {
  readonly cert: string;
  readonly key: string;
  /** Of the trust domain */
  readonly ca: string;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Of the agent's own code */
export interface AgentSettings {
  readonly listen: Address;
  /** Address of the tool, for the agent */
  readonly call: string;
  /** Where there is no companion: it speaks mutual TLS with Envoy itself, on both sides */
  readonly identity?: Identity;
}

/** Of what stands in for a companion */
export interface ProxiesSettings {
  /** Where Envoy comes in, by mutual TLS, and the agent's own code behind it */
  readonly inbound: { readonly listen: Address; readonly agent: Address };
  /** Where the agent calls, and Envoy behind it, by mutual TLS */
  readonly outbound: { readonly listen: Address; readonly envoy: Address };
  readonly identity: Identity;
}

export const SETTINGS_VARIABLE = "AMBIT_BENCH_SETTINGS";

export function settings<T>(): T {
  return JSON.parse(process.env[SETTINGS_VARIABLE] ?? "") as T;
}

/** TLS 1.3 with certificates on both sides, as companions have it */
export function mutualTls({ cert, key, ca }: Identity) {
  return { cert, key, ca, minVersion: "TLSv1.3", requestCert: true, rejectUnauthorized: true } as const;
}
