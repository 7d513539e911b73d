import { Shapes } from "../difference/aws/alike/shapes";
import { type ReadCluster, readCluster } from "../difference/kubernetes";
import { PolicyTexts } from "../reach/aws/policy-texts";
import { type AwsReach, awsReach } from "../reach/aws/principals";
import type { Estate } from "../read/resource";

/** What is read of a base once, whichever heads are compared with it, and by what those are read */
export class ReadBase {
  public readonly texts = new PolicyTexts();
  public readonly shapes = new Shapes();
  public readonly aws: AwsReach;
  public readonly cluster: ReadCluster;

  public constructor(base: Estate) {
    this.aws = awsReach(base, this.texts);
    this.cluster = readCluster(base);
  }
}
