import { Apigatewayv2Api } from "@cdktf/provider-aws/lib/apigatewayv2-api";
import { Apigatewayv2ApiMapping } from "@cdktf/provider-aws/lib/apigatewayv2-api-mapping";
import { Apigatewayv2DomainName } from "@cdktf/provider-aws/lib/apigatewayv2-domain-name";
import { Apigatewayv2Integration } from "@cdktf/provider-aws/lib/apigatewayv2-integration";
import { Apigatewayv2Route } from "@cdktf/provider-aws/lib/apigatewayv2-route";
import { Apigatewayv2Stage } from "@cdktf/provider-aws/lib/apigatewayv2-stage";
import type { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import type { Construct } from "constructs";

export interface FunctionApiProps {
  readonly name: string;
  readonly host: string;
  readonly certificateArn: string;
  /**
   * Authorities whose client certificates API Gateway requires.
   *
   * @default - no client certificate is required
   */
  readonly mutualTls?: { readonly truststoreUri: string; readonly truststoreVersion: string } | undefined;
  /**
   * Requests that reach the function.
   *
   * @default - every request
   */
  readonly route?: { readonly method: string; readonly path: `/${string}` };
  /** Requests per second, and at once */
  readonly limit: number;
  readonly code: LambdaFunction;
}

const STAGE = "$default";
const EVERY_ROUTE = "$default";

/** The only route to the function: one name, TLS 1.2 or later, and AWS's default address is disabled. */
export function functionApi(scope: Construct, props: FunctionApiProps): Apigatewayv2DomainName {
  const { name, host, certificateArn, mutualTls, route, limit, code } = props;
  const api = new Apigatewayv2Api(scope, "Api", { name, protocolType: "HTTP", disableExecuteApiEndpoint: true });
  const integration = new Apigatewayv2Integration(scope, "Integration", {
    apiId: api.id,
    integrationType: "AWS_PROXY",
    integrationUri: code.invokeArn,
    payloadFormatVersion: "2.0",
  });
  new Apigatewayv2Route(scope, "Route", {
    apiId: api.id,
    routeKey: route === undefined ? EVERY_ROUTE : `${route.method} ${route.path}`,
    target: `integrations/${integration.id}`,
  });
  const stage = new Apigatewayv2Stage(scope, "Stage", {
    apiId: api.id,
    name: STAGE,
    autoDeploy: true,
    defaultRouteSettings: { throttlingBurstLimit: limit, throttlingRateLimit: limit },
  });
  new LambdaPermission(scope, "Invoke", {
    action: "lambda:InvokeFunction",
    functionName: code.functionName,
    principal: "apigateway.amazonaws.com",
    // API Gateway developer guide, "Control access to a REST API": stage, method and path
    sourceArn: `${api.executionArn}/${STAGE}/${route === undefined ? EVERY_ROUTE : `${route.method}${route.path}`}`,
  });
  const domain = new Apigatewayv2DomainName(scope, "Domain", {
    domainName: host,
    domainNameConfiguration: { certificateArn, endpointType: "REGIONAL", securityPolicy: "TLS_1_2" },
    ...(mutualTls === undefined ? {} : { mutualTlsAuthentication: mutualTls }),
  });
  new Apigatewayv2ApiMapping(scope, "Mapping", { apiId: api.id, domainName: domain.id, stage: stage.id });
  return domain;
}
