/**
 * File names under which a Souk manifest is found in a folder, in this order. Apart from what a manifest must hold, so
 * that whoever only looks for one loads no reader.
 */
export const MANIFEST_FILES = ['souk.yaml', 'souk.yml', 'souk.json'] as const
