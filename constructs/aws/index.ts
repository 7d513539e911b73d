export { Alarm, type AlarmInput, type IAlarm } from "./alarm";
export { Bucket, type BucketInput, type IBucket } from "./bucket";
export { BucketObject, type BucketObjectInput, type IBucketObject } from "./bucket-object";
export { Certificate, type CertificateInput, type ICertificate } from "./certificate";
export {
  CertificateAuthority,
  type CertificateAuthorityInput,
  type ICertificateAuthority,
} from "./certificate-authority";
export { Key, type KeyInput, type IKey } from "./key";
export { Role, type RoleInput, type IRole } from "./role";
export { Table, type TableInput, type ITable } from "./table";
export { Topic, type TopicInput, type ITopic } from "./topic";
export { TrustAnchor, type TrustAnchorInput, type ITrustAnchor } from "./trust-anchor";
