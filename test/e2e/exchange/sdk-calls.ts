import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";

/** Calls S3 as an agent would, with nothing but its environment, and prints which credentials it used. */
async function main([times, pause]: readonly number[]): Promise<void> {
  const client = new S3Client({ forcePathStyle: true });
  const used: string[] = [];
  let body: string | undefined;
  for (let call = 0; call < (times as number); call++) {
    if (call > 0) await new Promise((resolve) => setTimeout(resolve, (pause as number) * 1000));
    body = await (
      await client.send(new GetObjectCommand({ Bucket: "acme-inbox", Key: "in/letter" }))
    ).Body?.transformToString();
    const { accessKeyId } = await client.config.credentials();
    if (!used.includes(accessKeyId)) used.push(accessKeyId);
  }
  process.stdout.write(`${JSON.stringify({ body, used: { environment: used } })}\n`);
}

void main(process.argv.slice(2).map(Number));
