import { fixedClock, Platform, type PlatformProps } from "../constructs";
import { images } from "./images";
import { outbound } from "./outbound";

/** The example organisation. Accounts, ids and digests are examples. */
export const facts: PlatformProps = {
  name: "prod",
  trustDomain: "prod.acme.example",
  issuer: "https://oidc.prod.acme.example",
  domains: ["acme.example"],
  aws: {
    account: "111122223333",
    region: "eu-central-1",
    dataAccounts: ["444455556666"],
    network: {
      vpc: "vpc-0a1b2c3d4e5f60718",
      endpointSubnets: [
        { id: "subnet-0a1b2c3d4e5f60711", cidr: "10.0.16.0/24" },
        { id: "subnet-0a1b2c3d4e5f60712", cidr: "10.0.17.0/24" },
      ],
      podCidrs: ["10.0.64.0/18"],
      dynamodbUrl: "https://vpce-0a1b2c3d4e5f60719-a1b2c3d4.dynamodb.eu-central-1.vpce.amazonaws.com",
    },
  },
  cluster: {
    name: "prod",
    endpoint: "https://k8s.prod.acme.example",
    certificateAuthority: Buffer.from("-----BEGIN CERTIFICATE-----\nexample\n-----END CERTIFICATE-----\n").toString(
      "base64",
    ),
    oidcIssuer: "https://oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE0123456789",
    nodes: 40,
    nodeCidrs: ["10.0.32.0/20"],
    apiServerCidrs: ["10.0.0.0/24", "172.20.0.1/32"],
    // Traces and metrics go to pods of the platform, and on to AWS.
    collector: "deployed",
  },
  approvers: { "support-leads": { clearance: "restricted" }, "finance-controllers": { clearance: "restricted" } },
  people: {
    issuer: "https://login.acme.example",
    jwksUri: "https://login.acme.example/oauth2/v1/keys",
    clientId: "ambit-approvals",
    operators: ["on-call"],
    host: "approvals.acme.example",
  },
  issuers: [{ issuer: "https://login.acme.example", jwksUri: "https://login.acme.example/oauth2/v1/keys" }],
  starters: [
    {
      issuer: "https://scheduler.acme.example",
      jwksUri: "https://scheduler.acme.example/keys",
      algorithms: ["ES256"],
      starts: ["event", "schedule"],
    },
  ],
  userListener: { domain: "agents.acme.example", clearance: "restricted" },
  outbound,
  images,
  // Only the example stands still: a real platform leaves the clock out, and agents expire by the calendar.
  clock: fixedClock("2026-12-01"),
};

export const platform = new Platform(facts);
