import { describe, expect, it } from 'vitest';
import { assetCache, isShellCache, shellCache } from '../../../../src/core/hosting/appCaches';
import { scopeOf } from '../../../../src/core/hosting/appScope';
import { isOwnName, ownName } from '../../../../src/core/hosting/ownNames';

describe('names of what the app keeps', () => {
  it.each([
    ['http://localhost:8160/assets/app-1.js', '/'],
    ['https://host.example/team/faces/assets/face.worker-2.js', '/team/faces/'],
    ['https://host.example/assets/faces/assets/app-3.js', '/assets/faces/'],
    ['http://localhost:5173/src/core/appScope.ts', '/'], // the dev server
  ])('%s is served from %s', (script, scope) => {
    expect(scopeOf(script)).toBe(scope);
  });

  it('at the root they are as they have always been, so that nobody loses anything', () => {
    expect(ownName('facenet-web', '/')).toBe('facenet-web');
    expect(assetCache('/')).toBe('facenet-assets');
    expect(shellCache('abc', '/')).toBe('facenet-shell-abc');
  });

  it('no copy takes the names of another for its own', () => {
    const scopes = ['/', '/a/', '/a/b/', '/b/', '/x@/b/'];
    for (const mine of scopes)
      for (const other of scopes) {
        expect(isOwnName(ownName('facenet-web', other), mine), `${other} in ${mine}`).toBe(mine === other);
        expect(isShellCache(shellCache('abc', other), mine)).toBe(mine === other);
      }
  });

  it('what others of the host keep is nobody’s here', () => {
    for (const name of ['web', 'my-facenet-web', 'app@/', '', 'workbox-precache-/'])
      expect(isOwnName(name, '/'), name).toBe(false);
    expect(isShellCache(assetCache('/'), '/')).toBe(false);
  });
});
