import { registrationsOf } from "../../private/registrations";
import { placeOf } from "../../private/spire-places";
import type { BlockRule } from "../../rule";
import { isAboutSpire, SPIRE_TYPES, spireConfigsOf } from "../../spire-config";
import { flagOf, textsOf } from "../../value";

export const admin: BlockRule = {
  id: "AMBIT-SPIRE-ADMIN",
  severity: "critical",
  what: "no workload may administer SPIRE, be a server below it, or get the SVIDs of others",
  why: "its SVID writes registrations, signs as an authority, or takes the identity of every workload of the node",
  fix: "leave admin_ids, authorized_delegates, admin and downstream out",
  standards: ["owasp-nhi/NHI5", "owasp-nhi/NHI4", "owasp-asi/ASI03", "owasp-asi/ASI10", "sp800-53/AC-6"],
  looksAt: SPIRE_TYPES,
  isAbout: isAboutSpire,
  *check(block, stack) {
    for (const { at, configuration } of spireConfigsOf(block, stack)) {
      const { server = {}, agent = {} } = configuration;
      for (const [body, name] of [
        [server, "admin_ids"],
        [agent, "authorized_delegates"],
      ] as const)
        for (const id of textsOf(body, name, placeOf(at, name)))
          yield { what: `${name}::${id}`, at: placeOf(at, name), evidence: id };
    }
    for (const { at, spec } of registrationsOf(block, stack)) {
      for (const name of ["admin", "downstream"])
        if (flagOf(spec, name, `${at}.${name}`) === true) yield { what: name, at: `${at}.${name}`, evidence: true };
    }
  },
};
