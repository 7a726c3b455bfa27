/** Variable that tells the process of a job what started it; see the audit trail. */
export const CAUSE_VARIABLE = 'SOUK_CAUSE'
