/** The session of a role that a key belongs to */
export interface KeyedSession {
  readonly role: string;
  readonly name: string;
  readonly sourceIdentity: string;
}

/** A request that a session of a role has made */
export interface RecordedCall extends KeyedSession {
  /** As the endpoint is named: `secretsmanager` */
  readonly service: string;
  readonly operation: string;
  readonly key: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Milliseconds since 1970 */
  readonly at: number;
}

const REGION = "eu-central-1";

/** An event as the event history tells it. Source: CloudTrail User Guide, "CloudTrail record contents for management events" */
export function eventOf(call: RecordedCall, number: number): Readonly<Record<string, unknown>> {
  const { role, name, service, operation, key, parameters, at, sourceIdentity } = call;
  const account = role.split(":")[4] ?? "";
  const roleName = role.slice(role.lastIndexOf("/") + 1);
  const id = `AROA${String(number).padStart(16, "0")}`;
  const uuid = `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
  const eventSource = `${service}.amazonaws.com`;
  const told = {
    eventVersion: "1.09",
    userIdentity: {
      type: "AssumedRole",
      principalId: `${id}:${name}`,
      arn: `arn:aws:sts::${account}:assumed-role/${roleName}/${name}`,
      accountId: account,
      accessKeyId: key,
      sessionContext: {
        sessionIssuer: { type: "Role", principalId: id, arn: role, accountId: account, userName: roleName },
        attributes: { creationDate: timeOf(at), mfaAuthenticated: "false" },
        ...(sourceIdentity !== "" && { sourceIdentity }),
      },
    },
    eventTime: timeOf(at),
    eventSource,
    eventName: operation,
    awsRegion: REGION,
    requestParameters: service === "s3" ? parameters : { secretId: parameters["SecretId"] },
    responseElements: null,
    requestID: uuid,
    eventID: uuid,
    readOnly: true,
    eventType: "AwsApiCall",
    managementEvent: service !== "s3",
    recipientAccountId: account,
    eventCategory: service === "s3" ? "Data" : "Management",
  };
  return {
    EventId: uuid,
    EventName: operation,
    ReadOnly: "true",
    AccessKeyId: key,
    EventTime: Math.floor(at / 1000),
    EventSource: eventSource,
    Username: name,
    Resources: [],
    CloudTrailEvent: JSON.stringify(told),
  };
}

/** What access advisor reports of a role, completed. Source: IAM API, GetServiceLastAccessedDetails */
export function lastAccessedXml(role: string, services: readonly string[], calls: readonly RecordedCall[]): string {
  const member = (service: string): string => {
    const own = calls.filter((call) => call.role === role && call.service === service);
    const last = Math.max(...own.map(({ at }) => at));
    const told =
      own.length === 0
        ? ""
        : `<LastAuthenticated>${timeOf(last)}</LastAuthenticated><LastAuthenticatedEntity>${role}</LastAuthenticatedEntity>` +
          `<LastAuthenticatedRegion>${REGION}</LastAuthenticatedRegion>`;
    const entities = `<TotalAuthenticatedEntities>${own.length === 0 ? 0 : 1}</TotalAuthenticatedEntities>`;
    return `<member><ServiceName>${service}</ServiceName>${told}<ServiceNamespace>${service}</ServiceNamespace>${entities}</member>`;
  };
  const now = timeOf(Date.now());
  return (
    `<JobStatus>COMPLETED</JobStatus><JobType>ACTION_LEVEL</JobType><JobCreationDate>${now}</JobCreationDate>` +
    `<ServicesLastAccessed>${services.map(member).join("")}</ServicesLastAccessed>` +
    `<JobCompletionDate>${now}</JobCompletionDate><IsTruncated>false</IsTruncated>`
  );
}

export const IN_PROGRESS_XML =
  "<JobStatus>IN_PROGRESS</JobStatus><JobType>ACTION_LEVEL</JobType><JobCreationDate>2026-01-01T00:00:00Z</JobCreationDate><ServicesLastAccessed/>";

/** In whole seconds, as AWS writes them */
function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d{3}Z$/, "Z");
}
