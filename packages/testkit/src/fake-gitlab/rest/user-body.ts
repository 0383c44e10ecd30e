import type { User } from '../model/entities.ts'
import type { World } from '../model/world.ts'

export function userBody(world: World, user: User) {
  return {
    id: user.id,
    username: user.username,
    name: user.name,
    state: 'active',
    locked: false,
    avatar_url: null,
    web_url: `${world.webUrl}/${user.username}`,
  }
}
