import { createPublicKey } from "node:crypto";
import { type RequestListener, request as ask } from "node:http";
import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { TokenExchange } from "../../../../constructs/exchange";
import { auditLogOrigin } from "../../../../constructs/platform/names";
import { exchange } from "../../../../fleet/exchange";
import { facts } from "../../../../fleet/platform";
import { noteKey, vkeyOf } from "../../../../runtime/audit/tlog/note-key";
import { Witness } from "../../../../runtime/audit/witness/witness";
import { type RunningWitness, serveWitness } from "../../../../runtime/audit/witness/witness-server";
import { systemClock } from "../../../../runtime/clock";
import { MemoryStore } from "../../../../runtime/store/memory-store";
import { WITNESS } from "../../../support/audit/log-of-records";
import { WITNESS_SIGNER } from "../../../support/audit/witness-signer";
import { newStack, platformWith, Template } from "../../../support/synth";
import type { KubeObject } from "../../spire/kube-client";
import { WITNESS_HOST } from "../tools/hosts";

/** In place of five minutes, so that a suite sees the alarm */
const ALARM_SECONDS = 3;
const CONFIG = "config.json";

/** A witness of the audit log that others run, outside the cluster: Ambit's own program, with the key of the log alone */
export class LogWitness {
  /** Its verifier's key */
  public readonly vkey = WITNESS.vkey;
  private running: RunningWitness | undefined;
  private logKey: string | undefined;
  private isGone = false;

  /** @param publicKey of the log, PEM */
  public async start(publicKey: string): Promise<void> {
    const key = noteKey(auditLogOrigin(facts.trustDomain), createPublicKey(publicKey));
    this.logKey = vkeyOf(key);
    const witness = new Witness({
      logs: [key],
      store: new MemoryStore(),
      signer: WITNESS_SIGNER,
      clock: systemClock,
      log: () => undefined,
    });
    this.running = await serveWitness(witness, { host: "127.0.0.1", port: 0 });
  }

  public async stop(): Promise<void> {
    await this.running?.close();
  }

  /** Verifier's key of the log that it knows */
  public get logVkey(): string {
    if (this.logKey === undefined) throw new Error("the witness does not know the log yet");
    return this.logKey;
  }

  /** Whether it answers nothing from now on */
  public set gone(isGone: boolean) {
    this.isGone = isGone;
  }

  /** Where the exchange looks for it */
  public get standIn(): readonly [host: string, listener: RequestListener] {
    return [
      WITNESS_HOST,
      (request, response) => {
        if (this.isGone || this.running === undefined) return void response.destroy();
        const { method, url: path, headers } = request;
        const to = { host: "127.0.0.1", port: this.running.port, method, path, headers };
        const passed = ask(to, (answered) => {
          response.writeHead(answered.statusCode ?? 502, answered.headers);
          answered.pipe(response);
        });
        passed.on("error", () => response.destroy());
        request.pipe(passed);
      },
    ];
  }

  /** The exchange's configuration with what a platform renders of its witnesses, but that the alarm comes sooner */
  public askedBy({ data, ...object }: KubeObject): KubeObject {
    const { [CONFIG]: text = "", ...others } = data as Readonly<Record<string, string>>;
    const config = JSON.parse(text) as { readonly audit: object };
    const witnessing = { ...this.rendered(), alarmSeconds: ALARM_SECONDS };
    const asking = { ...config, audit: { ...config.audit, witnessing } };
    return { ...object, data: { ...others, [CONFIG]: JSON.stringify(asking) } };
  }

  private rendered(): object {
    const witnesses = [{ url: `https://${WITNESS_HOST}`, key: this.vkey }];
    const stack = newStack(platformWith({ witnesses: { witnesses, cidrs: exchange.keyCidrs } }));
    new TokenExchange(stack, "Exchange", exchange);
    const { data } = Template.of(stack).only(ConfigMapV1) as { readonly data: Readonly<Record<string, string>> };
    const { audit } = JSON.parse(data[CONFIG] as string) as { readonly audit: { readonly witnessing: object } };
    return audit.witnessing;
  }
}
