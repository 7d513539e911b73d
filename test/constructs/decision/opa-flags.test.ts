import { opaFlags, type OpaListener } from "../../../constructs/decision/private/opa-flags";

const flags = (listener: OpaListener) => opaFlags({ config: "/etc/opa/config.json", listener, diagnosticPort: 8282 });

const TLS = { certificate: "/svid/svid.pem", key: "/svid/key.pem", authorities: "/svid/authorities.pem" };
const AUTHZ = ["/etc/opa/authz.rego", "/etc/opa/clients.json"];

const ALWAYS = [
  "run",
  "--server",
  "--config-file=/etc/opa/config.json",
  "--diagnostic-addr=http://0.0.0.0:8282",
  "--log-level=info",
  "--log-format=json",
  "--skip-version-check",
];

test("on a socket only the same user may ask, and no port but that of probes is open", () => {
  expect(flags({ socket: "/run/opa.sock" })).toEqual([
    ...ALWAYS,
    "--addr=unix:///run/opa.sock",
    "--unix-socket-perm=600",
    "--log-level-request=debug",
  ]);
});

test("on the network OPA requires a certificate and authorization for every request", () => {
  expect(flags({ port: 8181, tls: TLS, authz: AUTHZ })).toEqual([
    ...ALWAYS,
    "--addr=https://0.0.0.0:8181",
    "--tls-cert-file=/svid/svid.pem",
    "--tls-private-key-file=/svid/key.pem",
    "--tls-ca-cert-file=/svid/authorities.pem",
    "--tls-cert-refresh-period=1m",
    "--min-tls-version=1.3",
    "--authentication=tls",
    "--authorization=basic",
    "--shutdown-wait-period=5",
    ...AUTHZ,
  ]);
});

test.each(["--log-level=debug", "--pprof", "--h2c", "--skip-verify", "--watch", "--v0-compatible", "--set"])(
  "OPA never gets %s",
  (flag) => {
    const all = [...flags({ socket: "/run/opa.sock" }), ...flags({ port: 8181, tls: TLS, authz: AUTHZ })];
    expect(all.filter((given) => given.startsWith(flag))).toEqual([]);
  },
);
