/** All that the author of a plugin imports, as `souk/plugin`. */
import type { Plugin } from './plugins/author.ts'

export type * from './plugins/author.ts'

/** The plugin itself, with its types checked; a function is called once when the plugin is loaded. */
export const definePlugin = <P extends Plugin | (() => Plugin | Promise<Plugin>)>(plugin: P): P => plugin
