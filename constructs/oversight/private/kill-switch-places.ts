import type { Platform } from "../../platform/platform";

/** Where what belongs to the kill switch is, from plain facts: no stack reads another's values */
export function killSwitchPlaces({ partition, region, account, killSwitchName: name }: Platform) {
  const inRegion = (service: string) => `arn:${partition}:${service}:${region}:${account}`;
  return {
    name,
    logGroup: `/aws/lambda/${name}`,
    functionArn: `${inRegion("lambda")}:function:${name}`,
    logArn: `${inRegion("logs")}:log-group:/aws/lambda/${name}`,
    denyAllArn: `arn:${partition}:iam::aws:policy/AWSDenyAll`,
  };
}
