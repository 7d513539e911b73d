import type {
  AccessKind,
  AwsDatasetProps,
  BoundTableProps,
  BucketProps,
  DatasetProps,
  ExternalProps,
  SecretProps,
  TableBinding,
  TableProps,
} from "./dataset-props";
import { refuse, shown } from "./errors";
import { dnsLabel, plainString } from "./plain";
import { Sensitivity } from "./sensitivity";
import { rememberSource } from "./source-line";

const READS: readonly string[] = ["read", "list", "scan"] satisfies AccessKind[];

/** Whether that kind of access reads; any other changes something. */
export function isReading(kind: string): boolean {
  return READS.includes(kind);
}

/** Permission to do something with one dataset; part of a task's `data`, or of what a tool action `touches`. */
export class DataAccess<D extends Dataset = Dataset> {
  public readonly kinds: readonly AccessKind[];

  constructor(
    public readonly dataset: D,
    kinds: readonly AccessKind[],
  ) {
    this.kinds = [...new Set(kinds)].sort();
  }

  public get reads(): boolean {
    return this.kinds.some((kind) => isReading(kind));
  }

  /** Whether what it allows may show data: DynamoDB returns the old item where the condition of a write fails */
  public get reveals(): boolean {
    return this.reads || this.dataset.kind === "table";
  }

  /** Whether what it allows may show words of strangers */
  public get taints(): boolean {
    return this.reveals && this.dataset.untrusted;
  }

  public get writes(): boolean {
    return this.kinds.some((kind) => !isReading(kind));
  }

  /** Whose rows it opens; undefined if the data is no bound table */
  public get boundTo(): TableBinding | undefined {
    return this.dataset instanceof BoundTableDataset ? this.dataset.boundTo : undefined;
  }

  public toString(): string {
    return `${this.dataset.name} (${this.kinds.join(", ")})`;
  }
}

/** Data an agent may be granted. Kinds are types: what a kind cannot do has no method. */
export abstract class Dataset {
  public abstract readonly kind: "bucket" | "table" | "secret" | "external";
  public readonly name: string;
  public readonly sensitivity: Sensitivity;
  public readonly untrusted: boolean;

  protected constructor(name: string, props: DatasetProps) {
    const where = `dataset ${shown(name)}`;
    this.name = dnsLabel(name, where, "name");
    this.sensitivity = Sensitivity.of(props.sensitivity, where);
    const { untrusted = false } = props;
    if (typeof untrusted !== "boolean") {
      refuse("dataset.malformed", where, `untrusted must be true or false, got ${shown(untrusted)}`);
    }
    this.untrusted = untrusted;
  }

  /** Objects under one prefix of an S3 bucket */
  public static bucket(name: string, props: BucketProps): BucketDataset {
    return rememberSource(new BucketDataset(name, props), Dataset.bucket);
  }

  /** A DynamoDB table; with `boundTo`, only the rows of one agent, user or session */
  public static table(name: string, props: BoundTableProps): BoundTableDataset;
  public static table(name: string, props: TableProps): TableDataset;
  public static table(name: string, props: TableProps | BoundTableProps): AnyTableDataset {
    const table = "boundTo" in props ? new BoundTableDataset(name, props) : new TableDataset(name, props);
    return rememberSource(table, Dataset.table);
  }

  /** A secret in AWS Secrets Manager */
  public static secret(name: string, props: SecretProps): SecretDataset {
    return rememberSource(new SecretDataset(name, props), Dataset.secret);
  }

  /** Data that lives behind a tool and is reached only through its actions */
  public static external(name: string, props: ExternalProps): ExternalDataset {
    return rememberSource(new ExternalDataset(name, props), Dataset.external);
  }

  public get where(): string {
    return `dataset ${shown(this.name)}`;
  }
}

/** Data in AWS, reached with AWS credentials */
export abstract class AwsDataset extends Dataset {
  public abstract override readonly kind: "bucket" | "table" | "secret";
  public readonly key: string | undefined;
  public readonly account: string | undefined;

  protected constructor(name: string, props: AwsDatasetProps) {
    super(name, props);
    this.key = props.key === undefined ? undefined : keyArn(props.key, this.where);
    this.account = props.account === undefined ? undefined : accountId(props.account, this.where, "account");
  }
}

export class BucketDataset extends AwsDataset {
  public readonly kind = "bucket";
  public readonly bucket: string;
  public readonly prefix: string;

  constructor(name: string, props: BucketProps) {
    super(name, props);
    this.bucket = matching(props.bucket, /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, this.where, "bucket", "a bucket name");
    this.prefix = matching(
      props.prefix,
      /^(?!\/)[^*?${}]*[^*?${}/]\/$/,
      this.where,
      "prefix",
      `a path such as "articles/" that ends in a slash and has no wildcard`,
    );
  }

  /** Get objects */
  public read(): DataAccess<this> {
    return new DataAccess(this, ["read"]);
  }

  /** See the names of objects */
  public list(): DataAccess<this> {
    return new DataAccess(this, ["list"]);
  }

  /** Put objects */
  public write(): DataAccess<this> {
    return new DataAccess(this, ["write"]);
  }

  /** Get and put objects */
  public readWrite(): DataAccess<this> {
    return new DataAccess(this, ["read", "write"]);
  }

  /** Delete objects */
  public delete(): DataAccess<this> {
    return new DataAccess(this, ["delete"]);
  }
}

export abstract class AnyTableDataset extends AwsDataset {
  public readonly kind = "table";
  public readonly table: string;
  public abstract readonly indexes: readonly string[];
  public abstract readonly boundTo: TableBinding | undefined;

  constructor(name: string, props: TableProps | BoundTableProps) {
    super(name, props);
    this.table = matching(props.table, /^[a-zA-Z0-9_.-]{3,255}$/, this.where, "table", "a DynamoDB table name");
  }

  /** Get and query items */
  public read(): DataAccess<this> {
    return new DataAccess(this, ["read"]);
  }

  /** Put and update items. A condition that fails on purpose can show the item that was there, so it counts as a read. */
  public write(): DataAccess<this> {
    return new DataAccess(this, ["write"]);
  }

  public readWrite(): DataAccess<this> {
    return new DataAccess(this, ["read", "write"]);
  }

  /** Delete items */
  public delete(): DataAccess<this> {
    return new DataAccess(this, ["delete"]);
  }
}

export class TableDataset extends AnyTableDataset {
  public readonly boundTo = undefined;
  public readonly indexes: readonly string[];

  constructor(name: string, props: TableProps) {
    super(name, props);
    this.indexes = (props.indexes ?? []).map((index) =>
      matching(index, /^[a-zA-Z0-9_.-]{3,255}$/, this.where, "indexes", "names of indexes"),
    );
  }

  /** Read the whole table; a bound table has no such method, because a scan names no key */
  public scan(): DataAccess<this> {
    return new DataAccess(this, ["scan"]);
  }
}

export class BoundTableDataset extends AnyTableDataset {
  public readonly boundTo: TableBinding;
  public readonly indexes: readonly string[] = [];

  constructor(name: string, props: BoundTableProps) {
    super(name, props);
    if (!["agent", "user", "session"].includes(props.boundTo)) {
      refuse("dataset.malformed", this.where, `boundTo must be agent, user or session, got ${shown(props.boundTo)}`);
    }
    if ("indexes" in props) {
      refuse(
        "dataset.malformed",
        this.where,
        `indexes cannot be queried on a table with boundTo, because the leading key of an index is another attribute: ` +
          `remove indexes, or declare the table without boundTo`,
      );
    }
    this.boundTo = props.boundTo;
  }
}

export class SecretDataset extends AwsDataset {
  public readonly kind = "secret";
  public readonly secret: string;

  constructor(name: string, props: SecretProps) {
    super(name, props);
    const what = "a secret's name of letters, digits and /_+=.@-, without its ARN";
    this.secret = matching(props.secret, /^[a-zA-Z0-9/_+=.@-]{1,512}$/, this.where, "secret", what);
  }

  public read(): DataAccess<this> {
    return new DataAccess(this, ["read"]);
  }
}

export class ExternalDataset extends Dataset {
  public readonly kind = "external";

  constructor(name: string, props: ExternalProps) {
    super(name, props);
  }

  public read(): DataAccess<this> {
    return new DataAccess(this, ["read"]);
  }

  public write(): DataAccess<this> {
    return new DataAccess(this, ["write"]);
  }

  public readWrite(): DataAccess<this> {
    return new DataAccess(this, ["read", "write"]);
  }
}

/** One access per dataset: `logs.read(), logs.list()` is one grant of both. */
export function joinedByDataset<D extends Dataset>(
  entries: readonly DataAccess<D>[],
  where: string,
  property: string,
): readonly DataAccess<D>[] {
  const joined = new Map<D, DataAccess<D>>();
  for (const { dataset, kinds } of entries) {
    const before = joined.get(dataset)?.kinds ?? [];
    const twice = kinds.find((kind) => before.includes(kind));
    if (twice !== undefined) {
      refuse("grant.duplicate", where, `${property} names ${twice} of ${shown(dataset.name)} twice: write it once`);
    }
    joined.set(dataset, new DataAccess(dataset, [...before, ...kinds]));
  }
  return [...joined.values()];
}

function accountId(value: string, where: string, property: string): string {
  return matching(value, /^\d{12}$/, where, property, "an AWS account id of 12 digits");
}

function keyArn(value: string, where: string): string {
  const what = "the ARN of a key (arn:aws:kms:…:key/…), not of an alias";
  return matching(value, /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[a-zA-Z0-9-]+$/, where, "key", what);
}

function matching(value: unknown, pattern: RegExp, where: string, property: string, what: string): string {
  const text = plainString(value, where, property, "dataset.malformed");
  if (!pattern.test(text)) refuse("dataset.malformed", where, `${property} must be ${what}, got ${shown(text)}`);
  return text;
}
