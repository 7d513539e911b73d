import type { RegistryDocument, Sensitivity } from "../../../domain";
import type * as Document from "../../../domain/registry/document";
import type * as Ways from "../../../domain/registry/ways";

/** A registry as it is read: levels of sensitivity are compared, not written */
export type Registry = RegistryDocument<Sensitivity>;
export type RegistryAgent = Document.RegistryAgent<Sensitivity>;
export type RegistryTask = Document.RegistryTask<Sensitivity>;
export type RegistryEdge = Document.RegistryEdge<Sensitivity>;
export type RegistryTool = Document.RegistryTool<Sensitivity>;
export type RegistryDataset = Document.RegistryDataset<Sensitivity>;
export type RegistryWay = Ways.RegistryWay<Sensitivity>;
export type { RegistryAction, RegistryBudget, RegistryMatch } from "../../../domain/registry/document";
export type { RegistryCard } from "../../../domain/registry/ways";
