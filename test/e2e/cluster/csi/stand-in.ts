import { loadPackageDefinition, Server, ServerCredentials, status, type UntypedHandleCall } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { NODE_NAME } from "../addresses";
import type { OneNode } from "../one-node";

const DRIVER = "csi.spiffe.io";
const KUBELET = "/var/lib/kubelet";
/** Where the agent's pod, as it is rendered, has its socket on the node */
const AGENT_SOCKETS = "/run/spire/agent-sockets";

type Answer = Readonly<Record<string, unknown>>;
/** What the loader has read by the protocol: gRPC knows its type as little. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Act = (request: any) => Answer | Promise<Answer>;

interface Publishing {
  readonly target_path: string;
  readonly readonly: boolean;
  readonly volume_context: Readonly<Record<string, string>>;
}

/**
 * In place of SPIFFE's CSI driver, whose program is no module of Go: mounts the folder of the agent's socket where a pod
 * asks for it. It speaks the published protocols to the kubelet, from this process: sockets are files of both.
 */
export class CsiStandIn {
  private readonly servers: readonly Server[];
  /** What the kubelet said of the registration */
  public registered: string | undefined;

  private constructor(private readonly on: OneNode) {
    const driver = new Server();
    const identity = {
      GetPluginInfo: () => ({ name: DRIVER, vendor_version: "stand-in" }),
      GetPluginCapabilities: () => ({}),
      Probe: () => ({}),
    };
    const node = {
      NodeGetCapabilities: () => ({}),
      NodeGetInfo: () => ({ node_id: NODE_NAME }),
      NodePublishVolume: (request: Publishing) => this.publish(request),
      NodeUnpublishVolume: ({ target_path }: Publishing) => this.unpublish(target_path),
    };
    serve(driver, "csi.proto", ["csi", "v1", "Identity"], identity);
    serve(driver, "csi.proto", ["csi", "v1", "Node"], node);
    const registrar = new Server();
    serve(registrar, "registration.proto", ["pluginregistration", "Registration"], {
      GetInfo: () => ({
        type: "CSIPlugin",
        name: DRIVER,
        endpoint: `${KUBELET}/plugins/${DRIVER}/csi.sock`,
        supported_versions: ["1.0.0"],
      }),
      NotifyRegistrationStatus: ({ plugin_registered, error }: { plugin_registered: boolean; error: string }) => {
        this.registered = plugin_registered ? "registered" : error;
        return {};
      },
    });
    this.servers = [driver, registrar];
  }

  public static async start(on: OneNode): Promise<CsiStandIn> {
    const made = new CsiStandIn(on);
    const plugins = join(on.folder, "kubelet", "plugins", DRIVER);
    const registry = join(on.folder, "kubelet", "plugins_registry");
    for (const folder of [plugins, registry]) mkdirSync(folder, { recursive: true });
    const sockets = [join(plugins, "csi.sock"), join(registry, `${DRIVER}-reg.sock`)];
    for (const [index, server] of made.servers.entries()) {
      await promisify(server.bindAsync.bind(server))(`unix:${sockets[index]}`, ServerCredentials.createInsecure());
    }
    return made;
  }

  public stop(): void {
    for (const server of this.servers) server.forceShutdown();
  }

  private async publish({ target_path: target, readonly, volume_context: context }: Publishing): Promise<Answer> {
    if (context["csi.storage.k8s.io/ephemeral"] !== "true" || !readonly) {
      throw new Error("only a volume of a pod itself is mounted, and only to be read");
    }
    // The driver's pod has the folder on the node made where it is not there yet (DirectoryOrCreate).
    await this.onNode("mkdir", "-p", target, AGENT_SOCKETS);
    // A kubelet that has started again asks again, and must not get one mount upon the other.
    const isMounted = (await this.on.namespaces.run("mountpoint", ["-q", target])).code === 0;
    if (!isMounted) await this.onNode("mount", "--bind", AGENT_SOCKETS, target);
    await this.onNode("mount", "-o", "remount,bind,ro", target);
    return {};
  }

  private async unpublish(target: string): Promise<Answer> {
    await this.onNode("umount", target);
    await this.onNode("rmdir", target);
    return {};
  }

  private async onNode(command: string, ...args: readonly string[]): Promise<void> {
    const { code, tail } = await this.on.namespaces.run(command, args);
    if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}: ${tail}`);
  }
}

function serve(server: Server, file: string, path: readonly string[], acts: Readonly<Record<string, Act>>): void {
  let found: unknown = loadPackageDefinition(loadSync(join(__dirname, file), { keepCase: true, defaults: true }));
  for (const name of path) found = (found as Readonly<Record<string, unknown>>)[name];
  const { service } = found as { readonly service: Parameters<Server["addService"]>[0] };
  const handlers = Object.entries(acts).map(([name, act]): [string, UntypedHandleCall] => [
    name,
    ({ request }: { readonly request: unknown }, answer: (error: object | null, value?: Answer) => void) => {
      Promise.resolve()
        .then(() => act(request))
        .then(
          (value) => answer(null, value),
          (error: Error) => answer({ code: status.INTERNAL, message: error.message }),
        );
    },
  ]);
  server.addService(service, Object.fromEntries(handlers));
}
