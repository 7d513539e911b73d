import { SCALES } from "../../../iam/conditions/scales";
import { type Interval, IntervalSet } from "../../../iam/sets/interval-set";
import type { ClusterState } from "../../reach/kubernetes/cluster-state";
import { PEER } from "../../reach/kubernetes/network/peers";
import { trafficAllowed } from "../../reach/kubernetes/network/policies";
import { addressOf, type Principal } from "../../reach/kubernetes/principal";
import type { Box } from "../../reach/kubernetes/sets/box";
import type { NumberValues } from "../../reach/kubernetes/sets/number-values";
import { TextValues } from "../../reach/kubernetes/sets/text-values";
import type { Ability } from "./ability";

/** Addresses that are not public. Source: IANA IPv4 and IPv6 special-purpose address registries */
const PRIVATE = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "224.0.0.0/3",
];
const PUBLIC_4 = blocks(["0.0.0.0/0"]).intersect(blocks(PRIVATE).complement(SCALES.ip.universe));
const PUBLIC_6 = blocks(["2000::/3"]);

/** More addresses than one organisation has: all but a few are as open as all. */
const MANY_4 = 2n ** 24n;
const MANY_6 = 2n ** 112n;

/** Whether pods of a principal may send to more or less any public address */
export function sendsAnywhere(principal: Principal, { policies, cluster }: ClusterState): Ability | undefined {
  const known = { names: [], labelsOf: (name: string) => cluster.labelsOf(name) };
  for (const selecting of policies.selecting(principal).pods) {
    const traffic = trafficAllowed(selecting, "egress", known).filter(({ box }) => isToAddresses(box));
    const open = traffic.flatMap(
      ({ box }) => (box.get("address") as NumberValues | undefined)?.set.intervals ?? [SCALES.ip.universe],
    );
    if (!isMost(IntervalSet.of(open))) continue;
    const address = traffic[0]?.address ?? addressOf(principal);
    return { what: "its pods may send to any public address", source: { address } };
  }
  return undefined;
}

function isToAddresses(box: Box): boolean {
  const peer = box.get("peer");
  return peer === undefined || !peer.and(TextValues.of([PEER.address]) as never).isEmpty;
}

function isMost(open: IntervalSet): boolean {
  return size(open.intersect(PUBLIC_4)) > MANY_4 || size(open.intersect(PUBLIC_6)) > MANY_6;
}

function size({ intervals }: IntervalSet): bigint {
  return intervals.reduce((sum, { from, to }) => sum + to - from + 1n, 0n);
}

function blocks(cidrs: readonly string[]): IntervalSet {
  return IntervalSet.of(cidrs.map((cidr) => SCALES.ip.range(cidr) as Interval));
}
