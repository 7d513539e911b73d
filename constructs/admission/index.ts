export { AdmissionPolicies, type AdmissionPoliciesProps } from "./admission-policies";
