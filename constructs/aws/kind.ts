import { type ErrorCode, refuse, shown } from "../../domain";
import { isRecord } from "../../domain/is-record";
import { notToken } from "../../domain/plain";
import { type ArnParts, arnParts } from "../../iam/arn";

/** A token of cdktf, or the name of one attribute: no literal, function or operator, which could stand for anything */
const NAMED = String.raw`\$\{(?:TfToken\[TOKEN\.\d+\]|[A-Za-z_][\w-]*(?:\.[\w-]+|\[(?:\d+|count\.index|each\.key)\])*)\}`;
/** A reference alone, whose value is known after apply */
const REFERENCE = new RegExp(`^${NAMED}$`);
const REFERENCES = new RegExp(NAMED, "g");
/** @see https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html */
const PARTITION = /^aws(?:-cn|-us-gov|-eusc|-iso(?:-[a-z])?)?$/;
const REGION = /^[a-z0-9-]+$/;
const ACCOUNT = /^\d{12}$/;
const NONE = /^$/;

export interface KindProps {
  /** As errors say it, such as `a KMS key` */
  readonly what: string;
  /** As ARNs name it, such as `kms` */
  readonly service: string;
  /** Which parts of the place its ARNs have */
  readonly place: "account" | "region and account" | "none";
  /** The last part of its ARNs, without wildcards */
  readonly resource: RegExp;
  /** ARN that errors propose */
  readonly example: string;
  /** Attribute in which Ambit's constructs have its ARN, such as `keyArn` */
  readonly attribute: string;
  /** By type of the provider's resources and data sources: the attribute that has its ARN */
  readonly resources: Readonly<Record<string, string>>;
}

/** Who asks for the ARN, and where the thing must be */
export interface Asked {
  /** As errors name it, such as `key` */
  readonly property: string;
  readonly where: string;
  readonly code: ErrorCode;
  /** @default - any region */
  readonly region?: string;
  /** @default - any account */
  readonly account?: string;
  /**
   * Why it must be there.
   *
   * @default - goes without saying
   */
  readonly why?: string;
}

/** One kind of thing in AWS: which constructs and which ARNs stand for it. */
export class Kind {
  private readonly forms: Readonly<Record<keyof ArnParts, RegExp>>;

  constructor(private readonly props: KindProps) {
    const { service, place, resource } = props;
    this.forms = {
      partition: PARTITION,
      service: new RegExp(`^${service}$`),
      region: place === "region and account" ? REGION : NONE,
      account: place === "none" ? NONE : ACCOUNT,
      resource,
    };
  }

  /**
   * ARN of a construct, or the ARN itself. A reference of Terraform is checked as far as it is known.
   *
   * @throws DeclarationError of `asked.code`
   */
  public arnOf(thing: unknown, asked: Asked): string {
    const arn = this.named(thing);
    if (arn === undefined || !this.fits(arn)) return this.refuse(`${this.props.what}, or its ARN`, arn ?? thing, asked);
    return this.placed(arn, asked);
  }

  /**
   * The ARN itself.
   *
   * @throws DeclarationError of `asked.code`
   */
  public checked(arn: unknown, asked: Asked): string {
    if (typeof arn === "string" && this.fits(arn)) return this.placed(arn, asked);
    return this.refuse(`the ARN of ${this.props.what}`, arn, asked);
  }

  /**
   * Parts of an ARN that must be known at synth.
   *
   * @throws DeclarationError of `asked.code`, and `token` for a reference
   */
  public known(arn: unknown, asked: Asked): ArnParts {
    notToken(arn, asked.where, asked.property, "string");
    return arnParts(this.checked(arn, asked)) as ArnParts;
  }

  private refuse(must: string, thing: unknown, { property, where, code }: Asked): never {
    const fix = `write one such as "${this.props.example}"`;
    return refuse(code, where, `${property} must be ${must}, got ${got(thing)}: ${fix}`);
  }

  /** The ARN that the thing has by its type or by its attribute; undefined for what is of another kind */
  private named(thing: unknown): string | undefined {
    if (typeof thing === "string") return thing;
    if (!isRecord(thing)) return undefined;
    const { attribute, resources } = this.props;
    const type: unknown = thing.terraformResourceType;
    const holder = type === undefined ? attribute : typeof type === "string" ? resources[type] : undefined;
    const arn: unknown = holder === undefined ? undefined : thing[holder];
    return typeof arn === "string" ? arn : undefined;
  }

  private fits(arn: string): boolean {
    if (isWide(arn)) return false;
    if (REFERENCE.test(arn)) return true;
    const parts = arnParts(arn);
    const names = Object.keys(this.forms) as (keyof ArnParts)[];
    return parts !== undefined && names.every((name) => !isKnown(parts[name]) || this.forms[name].test(parts[name]));
  }

  private placed(arn: string, { property, where, code, region, account, why }: Asked): string {
    const parts = arnParts(arn);
    const isAt = (is: string | undefined, wanted: string | undefined): boolean =>
      is === undefined || wanted === undefined || !isKnown(is) || is === wanted;
    if (isAt(parts?.region, region) && isAt(parts?.account, account)) return arn;
    const place = Object.entries({ region, account }).filter(([, wanted]) => wanted !== undefined);
    const must = `${this.props.what} in ${place.map((part) => part.join(" ")).join(" and ")}`;
    return refuse(code, where, `${property} must be ${must}${why === undefined ? "" : `, ${why}`}, got ${shown(arn)}`);
  }
}

/** A wildcard names more than one thing, also beside a reference or within an expression; a control character names none. */
function isWide(arn: string): boolean {
  const written = arn.replaceAll(REFERENCES, "");
  return written.includes("${") || /[*?\u0000-\u001f\u007f]/.test(written);
}

function isKnown(text: string): boolean {
  return !text.includes("${");
}

function got(thing: unknown): string {
  const type: unknown = isRecord(thing) ? thing.terraformResourceType : undefined;
  return typeof type === "string" ? `a resource of type ${type}` : shown(thing);
}
