import { settingsOf, withoutUser } from "../../private/settings";
import type { BlockRule } from "../../rule";
import { flagOf } from "../../value";

/** Names of the setting in the providers of HashiCorp and of others. An address that is known at apply only is that of a resource. */
export const providerTls: BlockRule = {
  id: "AMBIT-PROVIDER-TLS",
  severity: "critical",
  what: "a provider must verify the certificate of the server that it changes",
  why: "someone on the way is taken for the server, and gets the credentials of the one who deploys",
  fix: "leave the setting out, and give the certificate of the authority, such as cluster_ca_certificate",
  standards: ["sp800-53/SC-8", "sp800-53/IA-9"],
  looksAt: [/^provider\./],
  *check(block) {
    for (const { at, body: settings } of settingsOf(block)) {
      for (const name of SKIPPING)
        if (flagOf(settings, name, `${at}${name}`) === true)
          yield { what: `${at}${name}`, at: `${at}${name}`, evidence: true };
      const host = settings["host"];
      if (typeof host === "string" && /^http:/i.test(host))
        yield { what: `${at}host`, at: `${at}host`, evidence: withoutUser(host) };
    }
  },
};

const SKIPPING = ["insecure", "skip_tls_verify", "tls_insecure", "insecure_skip_verify", "allow_unverified_ssl"];
