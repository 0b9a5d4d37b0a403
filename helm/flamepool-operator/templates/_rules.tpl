{{/* What the operator may do in each namespace that it serves, and nothing else. */}}
{{- define "flamepool.rules" -}}
- apiGroups: [flamepool.dev]
  resources: [flamepools]
  verbs: [get, list, watch, patch]
- apiGroups: [flamepool.dev]
  resources: [flamepools/status, flamerunners/status, flamebackends/status]
  verbs: [patch]
- apiGroups: [flamepool.dev]
  resources: [flamerunners]
  verbs: [get, list, watch, create, patch, delete]
{{- if .Values.rbac.callerRoles }}
# create and patch only to hand them on with Roles <pool>-caller: nobody can give what he does not have.
- apiGroups: [flamepool.dev]
  resources: [flamecallers]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [rbac.authorization.k8s.io]
  resources: [roles]
  verbs: [get, create, patch]
{{- else }}
- apiGroups: [flamepool.dev]
  resources: [flamecallers]
  verbs: [get, list, watch, delete]
{{- end }}
- apiGroups: [flamepool.dev]
  resources: [flamebackends]
  verbs: [get, list, watch, patch]
# The templates that a pool's runners were made from.
- apiGroups: [apps]
  resources: [controllerrevisions]
  verbs: [list, create, patch, delete]
# Boot Secrets, client Secrets and the Secrets that env and credentials refer to; never listed.
- apiGroups: [""]
  resources: [secrets]
  verbs: [get, create, patch, delete]
{{- if .Values.pods.enabled }}
# Watched only of a runner's Pod whose node does not get on with it.
- apiGroups: [""]
  resources: [events]
  verbs: [create, watch]
# Runners as Pods (the Pod backend). Patched are the annotations that autoscalers heed; the log is read after a failure.
- apiGroups: [""]
  resources: [pods]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [""]
  resources: [pods/log]
  verbs: [get]
# What runnerFrom copies; and whose selectors a template's own labels must not match.
- apiGroups: [apps]
  resources: [deployments]
  verbs: [get, list, watch]
- apiGroups: [""]
  resources: [services]
  verbs: [list, watch]
{{- else }}
- apiGroups: [""]
  resources: [events]
  verbs: [create]
{{- end }}
{{- end }}

{{/* What ending all pools needs. */}}
{{- define "flamepool.endPools.rules" -}}
- apiGroups: [flamepool.dev]
  resources: [flamepools]
  verbs: [list, delete]
- apiGroups: [flamepool.dev]
  resources: [flamerunners]
  verbs: [list]
{{- end }}
