/** The models folder's whole address: `wanted`, else the page's `models/`, in the dev server and in the build beside the worker's folder. */
export function modelsUrlOf(wanted = '../models/'): string {
  return new URL(wanted, self.location.href).href;
}
