import { byText } from "../../../../domain/by-text";
import { answersOf } from "./boto";
import type { Connection } from "./connection";

interface Trail {
  readonly Name: string;
  readonly S3BucketName: string;
  readonly KmsKeyId?: string;
  readonly LogFileValidationEnabled: boolean;
  readonly IsMultiRegionTrail: boolean;
}

interface Selector {
  readonly Name: string;
  readonly FieldSelectors: readonly Readonly<Record<string, string | readonly string[]>>[];
}

/** Every trail of CloudTrail by name, with what it writes down */
export async function readTrails(connection: Connection): Promise<Readonly<Record<string, unknown>>> {
  const [{ trailList }] = (await answersOf(connection, [["cloudtrail", "describe_trails"]])) as [
    { readonly trailList: readonly Trail[] },
  ];
  const read = async (trail: Trail) => {
    const [selectors, status] = (await answersOf(connection, [
      ["cloudtrail", "get_event_selectors", { TrailName: trail.Name }],
      ["cloudtrail", "get_trail_status", { Name: trail.Name }],
    ])) as [{ readonly AdvancedEventSelectors: readonly Selector[] }, { readonly IsLogging: boolean }];
    return {
      bucket: trail.S3BucketName,
      key: trail.KmsKeyId,
      validation: trail.LogFileValidationEnabled,
      allRegions: trail.IsMultiRegionTrail,
      logging: status.IsLogging,
      selectors: selectors.AdvancedEventSelectors.map(({ Name, FieldSelectors }) => ({
        Name,
        FieldSelectors: [...FieldSelectors]
          // They are a set to Terraform.
          .sort((one, other) => byText(String(one["Field"]), String(other["Field"])))
          .map((field) => Object.fromEntries(Object.entries(field).filter(([, values]) => values.length > 0))),
      })),
    };
  };
  return Object.fromEntries(
    await Promise.all(trailList.map(async (trail) => [trail.Name, await read(trail)] as const)),
  );
}
