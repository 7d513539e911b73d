/** Facts that both sides write into their resources */
export const FACTS = {
  platform: "bench",
  account: "111122223333",
  region: "eu-central-1",
  vpc: "vpc-0a1b2c3d4e5f60718",
  endpointCidrs: ["10.0.16.0/24", "10.0.17.0/24"],
  owner: "bench@acme.example",
  expires: "2027-06-30",
  cluster: "https://k8s.bench.acme.example",
  certificate: "-----BEGIN CERTIFICATE-----\nbench\n-----END CERTIFICATE-----\n",
  bucket: "acme-notes",
  table: "conversations",
  key: "arn:aws:kms:eu-central-1:111122223333:key/1c5f0c1e-7c1b-4a51-9a0e-000000000001",
} as const;

export interface BenchAgent {
  readonly name: string;
  readonly namespace: string;
  readonly hasAwsData: boolean;
}

/** One agent in ten has AWS data. */
export function benchAgents(count: number): readonly BenchAgent[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `worker-${String(index).padStart(5, "0")}`,
    namespace: `team-${index % 20}`,
    hasAwsData: index % 10 === 0,
  }));
}
