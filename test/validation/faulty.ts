import type { Package } from '../contracts/rule.ts'
import { deployment, manifest, parameters, storage, template, ui } from './samples.ts'

const main = (change: Record<string, unknown>): Package => ({ 'mainTemplate.json': template(change) })
const resource = (change: Record<string, unknown>): Package => main({ resources: [storage(change)] })
const parameter = (name: string, declaration: unknown): Package =>
  main({ parameters: { location: { type: 'string' }, [name]: declaration } })
const basics = (...controls: unknown[]): Package => ({ 'createUiDefinition.json': ui({ basics: controls }) })
const uiFile = (change: Record<string, unknown>, root: Record<string, unknown> = {}): Package => ({
  'createUiDefinition.json': ui(change, root),
})
const values = (change: Record<string, unknown>): Package => ({ 'mainTemplate.parameters.json': parameters(change) })
const secret = { secret: { type: 'secureString' } }
const box = { name: 'box', type: 'Microsoft.Common.TextBox', toolTip: 'x' }

/** One package for each rule that breaks it, and is otherwise clean. */
export const FAULTY: Record<string, Package> = {
  'JSONFiles-Should-Be-Valid': { 'mainTemplate.json': '{\n  "a": [1, 2\n}' },
  'Template-Must-Have-Required-Members': main({ contentVersion: undefined }),
  'CreateUIDefinition-Must-Have-Required-Members': uiFile({ basics: 'none' }),
  'adminPassword-Should-Not-Be-A-Literal': resource({ properties: { adminPassword: 'letmein' } }),
  'adminUsername-Should-Not-Be-A-Literal': resource({ properties: { adminUsername: 'root' } }),
  'apiVersions-Should-Be-Recent': resource({ apiVersion: '2016-01-01' }),
  'apiVersions-Should-Be-Recent-In-Reference-Functions': main({
    outputs: { x: { value: "[reference(resourceId('Microsoft.Storage/storageAccounts', 'a'), '2016-01-01').x]" } },
  }),
  'artifacts-parameter': parameter('_artifactsLocation', { type: 'int' }),
  'CommandToExecute-Must-Use-ProtectedSettings-For-Secrets': main({
    parameters: secret,
    resources: [
      storage({ properties: { type: 'CustomScript', settings: { commandToExecute: "[parameters('secret')]" } } }),
    ],
  }),
  'DependsOn-Best-Practices': resource({ dependsOn: ["[concat('a', 'b')]"] }),
  'Deployment-Resources-Must-Not-Be-Debug': resource({
    type: 'Microsoft.Resources/deployments',
    properties: { debugSetting: { detailLevel: 'requestContent' } },
  }),
  'DeploymentTemplate-Must-Not-Contain-Hardcoded-Uri': resource({ kind: 'https://x.blob.core.windows.net/' }),
  'DeploymentTemplate-Schema-Is-Correct': main({ $schema: 'https://example.com/deploymentTemplate.json' }),
  'Dynamic-Variable-References-Should-Not-Use-Concat': resource({
    kind: "[variables(concat('a'), parameters('location'))]",
  }),
  'IDs-Should-Be-Derived-From-ResourceIDs': resource({ properties: { subnet: { id: '/subscriptions/1' } } }),
  'Location-Should-Not-Be-Hardcoded': resource({ location: 'westeurope' }),
  'ManagedIdentityExtension-must-not-be-used': resource({ kind: 'ManagedIdentityExtensionForLinux' }),
  'Min-And-Max-Value-Are-Numbers': parameter('count', { type: 'int', minValue: 1.5, maxValue: 3 }),
  'Outputs-Must-Not-Contain-Secrets': main({ outputs: { key: { value: "[listKeys('a', '2023-01-01').x]" } } }),
  'Parameter-Types-Should-Be-Consistent': main({
    parameters: { count: { type: 'int' } },
    resources: [
      deployment(
        'inner',
        { parameters: { count: { type: 'string' } }, resources: [] },
        {
          count: { value: "[parameters('count')]" },
        },
      ),
    ],
  }),
  'Parameters-Must-Be-Referenced': parameter('unused', { type: 'string' }),
  'Password-params-must-be-secure': parameter('adminPassword', { type: 'string' }),
  'providers_apiVersions-Is-Not-Permitted': resource({ apiVersion: "[providers('a', 'b').apiVersions[0]]" }),
  'ResourceIds-should-not-contain': resource({ kind: "[resourceId(concat('a', 'b'), 'c')]" }),
  'Resources-Should-Have-Location': resource({ location: 'westeurope' }),
  'Secure-Params-In-Nested-Deployments': main({
    parameters: secret,
    resources: [deployment('outer', { resources: [storage({ kind: "[parameters('secret')]" })] })],
  }),
  'Secure-String-Parameters-Cannot-Have-Default': parameter('key', { type: 'secureString', defaultValue: 'abc' }),
  'Template-Should-Not-Contain-Blanks': resource({ tags: {} }),
  'URIs-Should-Be-Properly-Constructed': resource({ fileUri: "[concat(parameters('location'), '/a')]" }),
  'Variables-Must-Be-Referenced': main({ variables: { unused: 1 } }),
  'Virtual-Machines-Should-Not-Be-Preview': resource({
    type: 'Microsoft.Compute/virtualMachines',
    properties: { storageProfile: { imageReference: { version: '1-preview' } } },
  }),
  'VM-Size-Should-Be-A-Parameter': resource({ properties: { hardwareProfile: { vmSize: 'Standard_D2' } } }),
  'Allowed-Values-Should-Actually-Be-Allowed': {
    ...parameter('size', { type: 'string', allowedValues: ['small'] }),
    ...uiFile({
      basics: [{ name: 'pick', constraints: { allowedValues: [{ value: 'huge' }] } }],
      outputs: { location: '[location()]', size: "[basics('pick')]" },
    }),
  },
  'Controls-In-Outputs-Must-Exist': uiFile({ outputs: { location: '[location()]', size: "[basics('nobody')]" } }),
  'CreateUIDefinition-Must-Not-Have-Blanks': basics({ name: '' }),
  'CreateUIDefinition-Should-Have-Schema': uiFile({}, { version: '0.0.1-preview' }),
  'Credential-Confirmation-Should-Not-Be-Hidden': basics({
    type: 'Microsoft.Common.PasswordBox',
    options: { hideConfirmation: true },
  }),
  'Handler-Must-Be-Correct': uiFile({}, { handler: 'Nobody' }),
  'HideExisting-Must-Be-Correctly-Handled': basics({ name: 'ip', type: 'Microsoft.Network.PublicIpAddressCombo' }),
  'Location-Should-Be-In-Outputs': uiFile({ outputs: { place: 'here' } }),
  'Outputs-Must-Be-Present-In-Template-Parameters': uiFile({ outputs: { location: '[location()]', nobody: 'x' } }),
  'Parameters-Without-Default-Must-Exist-In-CreateUIDefinition': {
    ...parameter('size', { type: 'string' }),
    ...uiFile({}),
  },
  'Password-Textboxes-Must-Be-Used-For-Password-Parameters': basics({
    name: 'pass',
    type: 'Microsoft.Common.PasswordBox',
  }),
  'PasswordBoxes-Must-Have-Min-Length': basics({ name: 'pass', type: 'Microsoft.Common.PasswordBox' }),
  'Textboxes-Are-Well-Formed': basics({ ...box, constraints: { regex: '^[a-z', validationMessage: 'no' } }),
  'Tooltips-Should-Be-Present': basics({ ...box, toolTip: undefined }),
  'Usernames-Should-Not-Have-A-Default': basics({ type: 'Microsoft.Compute.UserNameTextBox', defaultValue: 'root' }),
  'Validations-Must-Have-Message': basics({ constraints: { validations: [{ regex: 'a' }] } }),
  'VMSizes-Must-Match-Template': basics({ name: 'size', type: 'Microsoft.Compute.SizeSelector' }),
  'DeploymentParameters-Should-Have-ContentVersion': values({ contentVersion: 1 }),
  'DeploymentParameters-Should-Have-Parameters': values({ parameters: undefined }),
  'DeploymentParameters-Should-Have-Schema': values({ $schema: 'https://example.com/deploymentParameters.json' }),
  'DeploymentParameters-Must-Fit-Template': values({ parameters: { location: { value: 7 } } }),
  'DeploymentParameters-Should-Have-Value': values({ parameters: { location: {} } }),
  'Files-Must-Not-Hold-Secrets': values({ parameters: { adminPassword: { value: 'Tr0ub4dor&3xyz' } } }),
  'Data-Stores-Should-Not-Be-Public': resource({ properties: { allowBlobPublicAccess: true } }),
  'HTTPS-Should-Be-Required': resource({ properties: { supportsHttpsTrafficOnly: false } }),
  'TLS-Must-Be-Recent': resource({ properties: { minimumTlsVersion: 'TLS1_0' } }),
  'Network-Rules-Should-Not-Be-Open': resource({
    type: 'Microsoft.Network/networkSecurityGroups/securityRules',
    properties: {
      direction: 'Inbound',
      access: 'Allow',
      sourceAddressPrefix: '*',
      destinationPortRanges: ['80', '20-30'],
    },
  }),
  'Template-Must-Keep-Limits': main({
    outputs: Object.fromEntries(Array.from({ length: 65 }, (_, at) => [`o${at}`, { type: 'int', value: at }])),
  }),
  'Readme-Should-Explain': { 'README.md': '# Short\n' },
  'Parameters-Should-Be-Described': { 'souk.yaml': manifest('parameters: {properties: {size: {type: string}}}\n') },
  'Manifest-Should-Be-Complete': { 'souk.yaml': 'id: goods\nversion: 1.0.0\ndescription: Goods.\n' },
  'License-Should-Be-SPDX': { 'souk.yaml': manifest('', 'Do what you like') },
  'Dependencies-Must-Be-Met': { 'souk.yaml': manifest('dependencies: [{name: nothing, version: ^1.0.0}]\n') },
}
