/** Ambit's own labels and annotations, by which admission, network policies and SPIRE tell agents */
const OF_AMBIT = /^ambit\.internal\//;

/**
 * Labels and annotations, with the values, that take a pod out of its mesh or its confinement, or show a service to the internet.
 *
 * @see https://istio.io/latest/docs/reference/config/annotations/
 * @see https://linkerd.io/2/reference/proxy-configuration/
 * @see https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/
 */
const OPENING: readonly (readonly [RegExp, RegExp])[] = [
  [/^sidecar\.istio\.io\/inject$/, /^false$/],
  [/^istio-injection$/, /^disabled$/],
  [/^istio\.io\/dataplane-mode$/, /^none$/],
  [/^traffic\.sidecar\.istio\.io\/exclude/, /./],
  [/^linkerd\.io\/inject$/, /^disabled$/],
  [/^config\.linkerd\.io\/default-inbound-policy$/, /^(?:audit|(?:all|cluster)-unauthenticated)$/],
  [/^config\.linkerd\.io\/skip-(?:inbound|outbound)-ports$/, /./],
  [/^container\.apparmor\.security\.beta\.kubernetes\.io\//, /^unconfined$/],
  [/^service\.beta\.kubernetes\.io\/aws-load-balancer-internal$/, /^false$/],
  [
    /^(?:service\.beta\.kubernetes\.io\/aws-load-balancer|alb\.ingress\.kubernetes\.io\/)-?scheme$/,
    /^internet-facing$/,
  ],
];

/** Whether a label or an annotation is Ambit's, or opens what was closed. @param value read only where the key may open something */
export function opens(key: string, value: () => string): boolean {
  return OF_AMBIT.test(key) || OPENING.some(([keys, values]) => keys.test(key) && values.test(value()));
}

/** Admission of pods by namespace, and the role of an account */
const ADMITTING = /^(?:pod-security\.kubernetes\.io\/enforce|eks\.amazonaws\.com\/role-arn$)/;

/** Whether a label or an annotation, of any value, says what a pod may do, who it is, or who reaches it */
export function isMark(key: string): boolean {
  return OF_AMBIT.test(key) || ADMITTING.test(key) || OPENING.some(([keys]) => keys.test(key));
}

/**
 * Variables by which a process loads other code, trusts other authorities, sends its requests by way of another, or takes another
 * identity, by what reads them
 */
const LOADING = new RegExp(
  `^(?:${[
    // The dynamic linker, the C library and shells
    "LD_PRELOAD|LD_LIBRARY_PATH|LD_AUDIT|GCONV_PATH|HOSTALIASES|BASH_ENV|ENV|PATH",
    // Languages
    "NODE_OPTIONS|NODE_PATH|NODE_EXTRA_CA_CERTS|NODE_TLS_REJECT_UNAUTHORIZED",
    "PYTHONPATH|PYTHONSTARTUP|PYTHONHOME|PYTHONUSERBASE",
    "RUBYOPT|RUBYLIB|PERL5OPT|PERL5LIB",
    "_?JAVA_(?:TOOL_)?OPTIONS|JDK_JAVA_OPTIONS|CLASSPATH|DOTNET_STARTUP_HOOKS|CORECLR_PROFILER\\w*",
    // OpenSSL and other clients of TLS
    "OPENSSL_(?:CONF|ENGINES|MODULES)|SSL_CERT_(?:FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE",
    // Proxies, and the addresses of models
    "(?:HTTPS?|ALL)_PROXY|(?:https?|all|grpc)_proxy",
    "(?:ANTHROPIC|OPENAI|AZURE_OPENAI)_(?:API_BASE|BASE_URL|ENDPOINT)|ANTHROPIC_BEDROCK_BASE_URL|ANTHROPIC_VERTEX_BASE_URL",
    // Identities: SPIFFE, Kubernetes, AWS and other clouds
    "SPIFFE_ENDPOINT_SOCKET|KUBECONFIG|KUBERNETES_SERVICE_(?:HOST|PORT)",
    "AWS_(?:ENDPOINT_URL\\w*|ROLE_ARN|WEB_IDENTITY_TOKEN_FILE|CONTAINER_\\w+|CA_BUNDLE|CONFIG_FILE|SHARED_CREDENTIALS_FILE)",
    "AWS_(?:(?:DEFAULT_)?PROFILE|ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)",
    "GOOGLE_APPLICATION_CREDENTIALS|AZURE_(?:CLIENT_ID|TENANT_ID|FEDERATED_TOKEN_FILE|AUTHORITY_HOST)",
    "AMBIT_\\w+",
  ].join("|")})$`,
);

export function loadsCode(variable: string): boolean {
  return LOADING.test(variable);
}
