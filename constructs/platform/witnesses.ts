import { onlyKnown, plainString, refuse, shown } from "../../domain";
import { checkedCidr } from "./network";
import { verifierKeyIn } from "./verifier-key";

/** One witness of the audit log, run by others (C2SP tlog-witness) */
export interface WitnessProps {
  /** https address of its submission prefix, without a slash at its end */
  readonly url: string;
  /** Its verifier's key, `name+id+key`, of type 4 (Ed25519 cosignature) */
  readonly key: string;
}

/** Who cosigns the audit log's checkpoints, so that an owner who sets it back or shows two of them is found */
export interface WitnessesProps {
  /** At most eight */
  readonly witnesses: readonly WitnessProps[];
  /** Address ranges of them, because the exchange reaches no others */
  readonly cidrs: readonly string[];
  /**
   * How many of them must cosign.
   *
   * @default - all
   */
  readonly quorum?: number;
  /**
   * For how long too few may have cosigned, in seconds, before acts are refused: 600 to 86,400.
   *
   * @default 3600
   */
  readonly refuseSeconds?: number;
}

const MOST_WITNESSES = 8;
const REFUSE_SECONDS = { usual: 3_600, least: 600, most: 86_400 } as const;
const URL_TEXT = /^https:\/\/[a-z0-9.-]+(\/[A-Za-z0-9._~-]+)*$/;
/** Signature type of cosignatures (C2SP signed-note) */
const COSIGNATURE = 4;

/** @throws DeclarationError `platform.malformed` */
export function witnessesOf(props: WitnessesProps, where: string): Required<WitnessesProps> {
  onlyKnown(props, ["witnesses", "cidrs", "quorum", "refuseSeconds"], `${where}.witnesses`);
  const { witnesses, cidrs, quorum = witnesses.length, refuseSeconds = REFUSE_SECONDS.usual } = props;
  const not = (property: string, must: string, got: unknown): never =>
    refuse("platform.malformed", where, `witnesses.${property} must ${must}, got ${shown(got)}`);
  if (witnesses.length === 0 || witnesses.length > MOST_WITNESSES)
    not("witnesses", `name 1 to ${MOST_WITNESSES} witnesses`, witnesses.length);
  for (const [index, { url, key }] of witnesses.entries()) {
    const place = `witnesses[${index}]`;
    if (!URL_TEXT.test(plainString(url, where, `witnesses.${place}.url`)))
      not(`${place}.url`, "be an https address at port 443 without query, fragment and a slash at its end", url);
    if (verifierKeyIn(plainString(key, where, `witnesses.${place}.key`))?.type !== COSIGNATURE)
      not(`${place}.key`, "be the verifier key of a witness, name+id+key, of type 4", key);
  }
  if (new Set(witnesses.map(({ key }) => key)).size < witnesses.length)
    not(
      "witnesses",
      "name each witness once",
      witnesses.map(({ url }) => url),
    );
  if (!Number.isInteger(quorum) || quorum < 1 || quorum > witnesses.length)
    not("quorum", `be a whole number from 1 to ${witnesses.length}, the number of witnesses`, quorum);
  const { least, most } = REFUSE_SECONDS;
  if (!Number.isInteger(refuseSeconds) || refuseSeconds < least || refuseSeconds > most)
    not("refuseSeconds", `be a whole number from ${least} to ${most}`, refuseSeconds);
  if (cidrs.length === 0) not("cidrs", "name the address ranges of the witnesses", cidrs);
  return {
    witnesses: witnesses.map(({ url, key }) => ({ url, key })),
    cidrs: cidrs.map((cidr) => checkedCidr(cidr, where, "witnesses.cidrs")),
    quorum,
    refuseSeconds,
  };
}
