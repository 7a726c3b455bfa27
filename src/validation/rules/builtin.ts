import type { Rule } from '../rule.ts'
import { jsonFilesShouldBeValid } from './all-files/json-files-should-be-valid.ts'
import { adminPasswordShouldNotBeALiteral } from './template/admin-password-should-not-be-a-literal.ts'
import { adminUsernameShouldNotBeALiteral } from './template/admin-username-should-not-be-a-literal.ts'
import { apiVersionsShouldBeRecentInReferenceFunctions } from './template/api-versions-should-be-recent-in-reference-functions.ts'
import { apiVersionsShouldBeRecent } from './template/api-versions-should-be-recent.ts'
import { artifactsParameter } from './template/artifacts-parameter.ts'
import { commandToExecuteMustUseProtectedSettingsForSecrets } from './template/command-to-execute-must-use-protected-settings-for-secrets.ts'
import { dependsOnBestPractices } from './template/depends-on-best-practices.ts'
import { deploymentResourcesMustNotBeDebug } from './template/deployment-resources-must-not-be-debug.ts'
import { deploymentTemplateMustNotContainHardcodedUri } from './template/deployment-template-must-not-contain-hardcoded-uri.ts'
import { deploymentTemplateSchemaIsCorrect } from './template/deployment-template-schema-is-correct.ts'
import { resourcesShouldNotBeAmbiguous, vmImagesShouldUseLatestVersion } from './template/disabled.ts'
import { dynamicVariableReferencesShouldNotUseConcat } from './template/dynamic-variable-references-should-not-use-concat.ts'
import { idsShouldBeDerivedFromResourceIds } from './template/ids-should-be-derived-from-resource-ids.ts'
import { locationShouldNotBeHardcoded } from './template/location-should-not-be-hardcoded.ts'
import { managedIdentityExtensionMustNotBeUsed } from './template/managed-identity-extension-must-not-be-used.ts'
import { minAndMaxValueAreNumbers } from './template/min-and-max-value-are-numbers.ts'
import { outputsMustNotContainSecrets } from './template/outputs-must-not-contain-secrets.ts'
import { parameterTypesShouldBeConsistent } from './template/parameter-types-should-be-consistent.ts'
import { parametersMustBeReferenced } from './template/parameters-must-be-referenced.ts'
import { passwordParamsMustBeSecure } from './template/password-params-must-be-secure.ts'
import { providersApiVersionsIsNotPermitted } from './template/providers-api-versions-is-not-permitted.ts'
import { resourceIdsShouldNotContain } from './template/resource-ids-should-not-contain.ts'
import { resourcesShouldHaveLocation } from './template/resources-should-have-location.ts'
import { secureParamsInNestedDeployments } from './template/secure-params-in-nested-deployments.ts'
import { secureStringParametersCannotHaveDefault } from './template/secure-string-parameters-cannot-have-default.ts'
import { templateMustHaveRequiredMembers } from './template/template-must-have-required-members.ts'
import { templateShouldNotContainBlanks } from './template/template-should-not-contain-blanks.ts'
import { urisShouldBeProperlyConstructed } from './template/uris-should-be-properly-constructed.ts'
import { variablesMustBeReferenced } from './template/variables-must-be-referenced.ts'
import { virtualMachinesShouldNotBePreview } from './template/virtual-machines-should-not-be-preview.ts'
import { vmSizeShouldBeAParameter } from './template/vm-size-should-be-a-parameter.ts'
import { allowedValuesShouldActuallyBeAllowed } from './ui/allowed-values-should-actually-be-allowed.ts'
import { controlsInOutputsMustExist } from './ui/controls-in-outputs-must-exist.ts'
import { createUiDefinitionMustHaveRequiredMembers } from './ui/create-ui-definition-must-have-required-members.ts'
import { createUiDefinitionMustNotHaveBlanks } from './ui/create-ui-definition-must-not-have-blanks.ts'
import { createUiDefinitionShouldHaveSchema } from './ui/create-ui-definition-should-have-schema.ts'
import { credentialConfirmationShouldNotBeHidden } from './ui/credential-confirmation-should-not-be-hidden.ts'
import { handlerMustBeCorrect } from './ui/handler-must-be-correct.ts'
import { hideExistingMustBeCorrectlyHandled } from './ui/hide-existing-must-be-correctly-handled.ts'
import { locationShouldBeInOutputs } from './ui/location-should-be-in-outputs.ts'
import { outputsMustBePresentInTemplateParameters } from './ui/outputs-must-be-present-in-template-parameters.ts'
import { parametersWithoutDefaultMustExistInCreateUiDefinition } from './ui/parameters-without-default-must-exist-in-create-ui-definition.ts'
import { passwordBoxesMustHaveMinLength } from './ui/password-boxes-must-have-min-length.ts'
import { passwordTextboxesMustBeUsedForPasswordParameters } from './ui/password-textboxes-must-be-used-for-password-parameters.ts'
import { textboxesAreWellFormed } from './ui/textboxes-are-well-formed.ts'
import { tooltipsShouldBePresent } from './ui/tooltips-should-be-present.ts'
import { usernamesShouldNotHaveADefault } from './ui/usernames-should-not-have-a-default.ts'
import { validationsMustHaveMessage } from './ui/validations-must-have-message.ts'
import { vmSizesMustMatchTemplate } from './ui/vm-sizes-must-match-template.ts'
import { deploymentParametersMustFitTemplate } from './parameters/deployment-parameters-must-fit-template.ts'
import { deploymentParametersShouldHaveContentVersion } from './parameters/deployment-parameters-should-have-content-version.ts'
import { deploymentParametersShouldHaveParameters } from './parameters/deployment-parameters-should-have-parameters.ts'
import { deploymentParametersShouldHaveSchema } from './parameters/deployment-parameters-should-have-schema.ts'
import { deploymentParametersShouldHaveValue } from './parameters/deployment-parameters-should-have-value.ts'
import { filesMustNotHoldSecrets } from './all-files/files-must-not-hold-secrets.ts'
import { dataStoresShouldNotBePublic } from './template/data-stores-should-not-be-public.ts'
import { httpsShouldBeRequired } from './template/https-should-be-required.ts'
import { networkRulesShouldNotBeOpen } from './template/network-rules-should-not-be-open.ts'
import { tlsMustBeRecent } from './template/tls-must-be-recent.ts'
import { templateMustKeepLimits } from './template/template-must-keep-limits.ts'
import { readmeShouldExplain } from './package/readme-should-explain.ts'
import { parametersShouldBeDescribed } from './package/parameters-should-be-described.ts'
import { manifestShouldBeComplete } from './package/manifest-should-be-complete.ts'
import { licenseShouldBeSpdx } from './package/license-should-be-spdx.ts'
import { dependenciesMustBeMet } from './package/dependencies-must-be-met.ts'

/** Changes whenever a rule judges otherwise than before: reports kept under another version are not used. */
export const RULE_SET_VERSION = '2026-11-30.1'

/** Our own rules in the order in which they run: structure first. One more rule is one more file and one more line. */
export const builtinRules: readonly Rule[] = [
  jsonFilesShouldBeValid,
  templateMustHaveRequiredMembers,
  createUiDefinitionMustHaveRequiredMembers,
  adminPasswordShouldNotBeALiteral,
  adminUsernameShouldNotBeALiteral,
  apiVersionsShouldBeRecentInReferenceFunctions,
  apiVersionsShouldBeRecent,
  artifactsParameter,
  commandToExecuteMustUseProtectedSettingsForSecrets,
  dependsOnBestPractices,
  deploymentResourcesMustNotBeDebug,
  deploymentTemplateMustNotContainHardcodedUri,
  deploymentTemplateSchemaIsCorrect,
  resourcesShouldNotBeAmbiguous,
  vmImagesShouldUseLatestVersion,
  dynamicVariableReferencesShouldNotUseConcat,
  idsShouldBeDerivedFromResourceIds,
  locationShouldNotBeHardcoded,
  managedIdentityExtensionMustNotBeUsed,
  minAndMaxValueAreNumbers,
  outputsMustNotContainSecrets,
  parameterTypesShouldBeConsistent,
  parametersMustBeReferenced,
  passwordParamsMustBeSecure,
  providersApiVersionsIsNotPermitted,
  resourceIdsShouldNotContain,
  resourcesShouldHaveLocation,
  secureParamsInNestedDeployments,
  secureStringParametersCannotHaveDefault,
  templateShouldNotContainBlanks,
  urisShouldBeProperlyConstructed,
  variablesMustBeReferenced,
  virtualMachinesShouldNotBePreview,
  vmSizeShouldBeAParameter,
  allowedValuesShouldActuallyBeAllowed,
  controlsInOutputsMustExist,
  createUiDefinitionMustNotHaveBlanks,
  createUiDefinitionShouldHaveSchema,
  credentialConfirmationShouldNotBeHidden,
  handlerMustBeCorrect,
  hideExistingMustBeCorrectlyHandled,
  locationShouldBeInOutputs,
  outputsMustBePresentInTemplateParameters,
  parametersWithoutDefaultMustExistInCreateUiDefinition,
  passwordBoxesMustHaveMinLength,
  passwordTextboxesMustBeUsedForPasswordParameters,
  textboxesAreWellFormed,
  tooltipsShouldBePresent,
  usernamesShouldNotHaveADefault,
  validationsMustHaveMessage,
  vmSizesMustMatchTemplate,
  deploymentParametersShouldHaveContentVersion,
  deploymentParametersShouldHaveParameters,
  deploymentParametersShouldHaveSchema,
  deploymentParametersShouldHaveValue,
  deploymentParametersMustFitTemplate,
  filesMustNotHoldSecrets,
  dataStoresShouldNotBePublic,
  httpsShouldBeRequired,
  networkRulesShouldNotBeOpen,
  tlsMustBeRecent,
  templateMustKeepLimits,
  readmeShouldExplain,
  parametersShouldBeDescribed,
  manifestShouldBeComplete,
  licenseShouldBeSpdx,
  dependenciesMustBeMet,
]
