import type { Json } from "../../../../domain";
import { digestOf } from "../../finding";
import { essenceDigest } from "../../private/essence";
import { makesOthers } from "../../private/controllers";
import { manifestOf } from "../../private/manifest";
import type { BlockRule } from "../../rule";
import { typeKey } from "../../stack";
import { blocksOf } from "../../value";

/** What Helm renders, a program may change. */
const CHARTS = ["helm_release", "data.helm_template"];

/** Resources that make others by a template, and programs that run at each plan. A template may hold a secret, so findings tell its digest. */
export const hiddenResource: BlockRule = {
  id: "AMBIT-STATE-HIDDEN-RESOURCE",
  severity: "high",
  what: "a stack must declare its resources by the providers whose resources are judged, and run no program at plan",
  why: "what a template of CloudFormation, a chart of raw manifests, a controller such as Argo CD or a program makes is judged by no rule and shown by no review",
  fix: "declare the resources themselves, of the providers aws and kubernetes",
  standards: ["owasp-asi/ASI04", "sp800-53/SR-3", "sp800-53/CM-2", "maestro/L4"],
  looksAt: [
    "aws_cloudcontrolapi_resource",
    "aws_cloudformation_stack",
    "aws_cloudformation_stack_set",
    /^awscc_/,
    "kubectl_manifest",
    "kubernetes_manifest",
    "data.external",
    "data.local_command",
    ...CHARTS,
  ],
  *check(block) {
    const what = typeKey(block);
    if (what === "kubernetes_manifest") {
      const { kind, manifest } = manifestOf(block);
      if (makesOthers(manifest, kind))
        yield {
          what: `${String(manifest["apiVersion"])} ${kind}`,
          at: "manifest",
          evidence: essenceDigest(block),
        };
      return;
    }
    if (!CHARTS.includes(what)) return yield { what, at: "", evidence: essenceDigest(block) };
    for (const program of blocksOf(block.body, "postrender"))
      yield { what: `${what}.postrender`, at: "postrender", evidence: digestOf(program as Json) };
  },
};
