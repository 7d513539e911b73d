import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { madeOnce } from "../harness/cache";
import { succeed } from "../harness/process";

/**
 * Apache-2.0. It takes events by JavaScript of its own where told so, and posts answers by native code, which its scripts
 * would build from the sources of curl: a few lines stand in for that.
 */
const CLIENT = "aws-lambda-ric@3.3.0";
const POSTS = `
const { request } = require("node:http");
const post = (what) => (id, body) => {
  const address = "http://" + process.env.AWS_LAMBDA_RUNTIME_API + "/2018-06-01/runtime/invocation/" + id + "/" + what;
  request(address, { method: "POST" }).end(body);
};
Object.assign(exports, { initializeClient() {}, done: post("response"), error: post("error") });
`;

/** The path of AWS's own runtime interface client, installed when first asked for */
export async function lambdaClient(): Promise<string> {
  const folder = await madeOnce("lambda-ric", [__filename], async (made) => {
    const args = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", made, CLIENT];
    await succeed("npm", args, { cwd: made });
    const native = join(made, "node_modules/aws-lambda-ric/dist/rapid-client.node");
    mkdirSync(native);
    writeFileSync(join(native, "index.js"), POSTS);
  });
  return join(folder, "node_modules/aws-lambda-ric/bin/index.mjs");
}
