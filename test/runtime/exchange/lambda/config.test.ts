import { readFunctionConfig } from "../../../../runtime/exchange/lambda/config";

const LEAST = {
  issuer: "https://tokens.acme.example",
  trustDomain: "prod.acme.example",
  jwtSvid: { jwksUri: "https://oidc.prod.acme.example/keys" },
  store: { dynamodb: { table: "state", region: "eu-central-1" } },
  persons: { dynamodb: { table: "person-keys", region: "eu-central-1" } },
  registry: {
    from: { dynamodb: { table: "registry", region: "eu-central-1" } },
    publicKeys: ["-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n"],
    scope: "prod",
  },
  signingKeys: [{ kms: "alias/ambit/prod/tokens" }],
  services: { introspect: [], state: [] },
  clientCertificates: "none",
} as const;

test("the configuration of a function is read from its environment", () => {
  expect(readFunctionConfig(JSON.stringify(LEAST))).toEqual({ ...LEAST, auditLog: "required" });
  expect(readFunctionConfig(JSON.stringify({ ...LEAST, auditLog: "none" })).auditLog).toBe("none");
});

test.each([
  ["there is none", undefined, "AMBIT_CONFIG_JSON must be the configuration as JSON, got nothing: set it"],
  ["it is no JSON", "{", "AMBIT_CONFIG_JSON must be JSON"],
  ["it says where to listen", { ...LEAST, listen: {} }, 'AMBIT_CONFIG_JSON: it must not have "listen"'],
  [
    "it is not set whether certificates are trusted",
    { ...LEAST, clientCertificates: undefined },
    'AMBIT_CONFIG_JSON: clientCertificates must be "none" or "api-gateway", got nothing',
  ],
  [
    "it is to go on without a log by another word",
    { ...LEAST, auditLog: false },
    'auditLog must be "required" or "none"',
  ],
  ["certificates come from a header", { ...LEAST, clientCertificates: "header" }, 'got "header"'],
  ["its state would be forgotten", { ...LEAST, store: { memory: {} } }, "store must be dynamodb"],
  [
    "keys of persons would lie in backups of the state",
    { ...LEAST, persons: undefined },
    "persons must be there beside store.dynamodb: name a table of its own",
  ],
  ["keys of persons would be forgotten", { ...LEAST, persons: { memory: {} } }, "persons must be dynamodb"],
  ["its state is in a folder", { ...LEAST, store: { level: { folder: "/tmp/state" } } }, "store must be dynamodb"],
])("fails when %s", (_, value, message) => {
  const text = typeof value === "object" ? JSON.stringify(value) : value;
  expect(() => readFunctionConfig(text)).toThrow(message);
});
