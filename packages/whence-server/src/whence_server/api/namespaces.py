"""Marquez's namespace routes."""

from __future__ import annotations

from fastapi import APIRouter, Response

from whence_server.api.answers.marquez import Namespace, Namespaces
from whence_server.api.context import Context
from whence_server.api.documented import problems
from whence_server.api.orders import NamespaceOrder
from whence_server.api.parameters import Limit, NamespaceName, Offset
from whence_server.api.rendering import json_answer
from whence_server.query import catalogue

router = APIRouter(prefix="/api/v1/namespaces", tags=["namespaces"])


@router.get("", response_model=Namespaces, responses=problems())
def list_namespaces(context: Context, limit: Limit = 100, offset: Offset = 0) -> Response:
    """List namespaces by name; hidden ones are left out."""
    with context.reads.reading() as store:
        return json_answer(catalogue.namespaces(store, limit=limit, offset=offset))


@router.get("/{namespace}", response_model=Namespace, responses=problems(404))
def get_namespace(context: Context, namespace: NamespaceName) -> Response:
    """Answer one namespace."""
    with context.reads.reading() as store:
        return json_answer(catalogue.namespace(store, namespace))


@router.put("/{namespace}", response_model=Namespace, responses=problems())
def put_namespace(context: Context, namespace: NamespaceName, order: NamespaceOrder) -> Response:
    """Make a namespace known, or change its owner and description; a hidden one is shown again."""
    context.admin.put_namespace(namespace, owner=order.owner_name, description=order.description)
    return get_namespace(context, namespace)


@router.delete("/{namespace}", response_model=Namespace, responses=problems(404))
def delete_namespace(context: Context, namespace: NamespaceName) -> Response:
    """Hide a namespace with its datasets and jobs; the next event that names them shows them again."""
    with context.reads.reading() as store:
        before = catalogue.namespace(store, namespace)
    context.admin.hide_namespace(namespace)
    return json_answer(before | {"isHidden": True})
