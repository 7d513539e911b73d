import { Platform, type PlatformProps } from "../../../constructs";
import { facts } from "../../../fleet/platform";

type Witnesses = NonNullable<PlatformProps["witnesses"]>;

const WITNESS = {
  url: "https://witness.other.example/ambit",
  key: "witness.other.example+eb2df332+BCHPJNusCIxv9RHy8jjFSCMBH9VmVMrijWLyMGAZCuwi",
};
const SECOND = { ...WITNESS, key: "near.example+d36bc610+BNaBYSVRLs2UZ1afp1IMgty0FODBoUYrz/+FSjq6jDfr" };
const LOG_KEY = "log.example+dd731188+AZQGo2oPdKk5ICIZgkbKU2L5LyiqkRvBC+mKqeMJLe8M";
const of = (changes: Partial<Witnesses> = {}) =>
  new Platform({ ...facts, witnesses: { witnesses: [WITNESS], cidrs: ["203.0.113.0/24"], ...changes } }).witnesses;
const witness = (changes: object): Partial<Witnesses> => ({ witnesses: [{ ...WITNESS, ...changes }] });

test("all witnesses must cosign, and acts are refused after an hour, unless it says otherwise", () => {
  expect(new Platform(facts).witnesses).toBeUndefined();
  expect(of({ witnesses: [WITNESS, SECOND] })).toMatchObject({ quorum: 2, refuseSeconds: 3_600 });
  const said = { witnesses: [WITNESS, SECOND], cidrs: ["203.0.113.0/24"], quorum: 1, refuseSeconds: 600 };
  expect(of(said)).toEqual(said);
});

const ADDRESS = "be an https address at port 443 without query, fragment and a slash at its end, got";
const KEY = "platform: witnesses.witnesses[0].key must be the verifier key of a witness, name+id+key, of type 4, got";
test.each<[string, Partial<Witnesses>, string]>([
  ["no witness is named", { witnesses: [] }, "platform: witnesses.witnesses must name 1 to 8 witnesses, got 0"],
  ...["http://witness.example", "https://witness.example/", "https://witness.example:8443", "https://a@b.example"].map(
    (url): [string, Partial<Witnesses>, string] => [
      `a witness is at ${url}`,
      witness({ url }),
      `platform: witnesses.witnesses[0].url must ${ADDRESS} "${url}"`,
    ],
  ),
  ["a witness has the key of a log", witness({ key: LOG_KEY }), `${KEY} "${LOG_KEY}"`],
  [
    "the id of a key is another one",
    witness({ key: WITNESS.key.replace("+eb", "+ec") }),
    `${KEY} "${WITNESS.key.replace("+eb", "+ec")}"`,
  ],
  [
    "one witness counts twice",
    { witnesses: [WITNESS, WITNESS] },
    `platform: witnesses.witnesses must name each witness once, got ["${WITNESS.url}","${WITNESS.url}"]`,
  ],
  [
    "more must cosign than there are",
    { quorum: 2 },
    "platform: witnesses.quorum must be a whole number from 1 to 1, the number of witnesses, got 2",
  ],
  [
    "acts are never refused",
    { refuseSeconds: 100_000 },
    "platform: witnesses.refuseSeconds must be a whole number from 600 to 86400, got 100000",
  ],
  [
    "they are reached nowhere",
    { cidrs: [] },
    "platform: witnesses.cidrs must name the address ranges of the witnesses, got []",
  ],
  [
    "they are reached everywhere",
    { cidrs: ["0.0.0.0/0"] },
    "platform: witnesses.cidrs must not hold ranges broader than",
  ],
])("fails when %s", (_, changes, message) => {
  expect(() => of(changes)).toThrow(message);
});
