//! Use cases: make drafts of a trend, say how its posts stand.

use async_trait::async_trait;
use bellwether_kernel::{
    BrandAccess, Permission, Problem, RequestContext,
    id::{BrandId, PostId},
};
use bellwether_models::BUILTIN;
use bellwether_store::TenantTx;
use bellwether_trends::{
    TrendId,
    trends::{Format, PostState, TrendPosts},
};
use uuid::Uuid;

use super::{
    model::{self, NewTrendDrafts, OfTrend, StatesOfPosts},
    sql,
};
use crate::{
    Error, Studio,
    generations::{GenerationView, InputRequest, NewGeneration},
};

#[async_trait]
impl TrendPosts for StatesOfPosts {
    async fn states(
        &self,
        tx: &mut TenantTx,
        brand: BrandId,
        posts: &[PostId],
    ) -> Result<Vec<PostState>, Problem> {
        let ids: Vec<Uuid> = posts.iter().map(|post| post.uuid()).collect();
        let found = sql::states(tx.conn(), brand, &ids).await.map_err(bellwether_store::Error::from)?;
        Ok(found)
    }
}

impl Studio {
    /// Asks for drafts of a trend: written from what its sources say, in the kinds of posts and for the networks wanted.
    pub async fn draft_trend(
        &self,
        access: &BrandAccess,
        id: TrendId,
        input: NewTrendDrafts,
        context: &RequestContext,
    ) -> Result<GenerationView, Error> {
        access.allow(Permission::PostsWrite)?;
        let trends = self.trends.as_ref().ok_or_else(|| Problem::not_found("trend"))?;
        for (path, empty) in [
            ("formats", input.formats.as_ref().is_some_and(Vec::is_empty)),
            ("networks", input.networks.as_ref().is_some_and(Vec::is_empty)),
        ] {
            if empty {
                return Err(Problem::invalid(path, "empty", "Name at least one, or leave it out.").into());
            }
        }
        let material = trends.material(access, id, input.angle.as_deref()).await.map_err(Problem::from)?;
        let formats = input.formats.unwrap_or_else(|| {
            material.angle.as_ref().map_or_else(
                || vec![Format::Thread, Format::Post, Format::Carousel],
                |angle| vec![angle.format],
            )
        });
        let networks = match input.networks {
            Some(networks) => networks,
            None => self.brands.get_profile(access).await.map_err(Problem::from)?.profile.posts.networks,
        };
        let targets = model::targets(&formats, &networks);
        // the built-in writer is told who says what, and needs no telling what to do with it
        let builtin = self.writing.identity(None) == self.writing.identity(Some(BUILTIN));
        let request = NewGeneration {
            input: InputRequest::Text { text: material.text, title: Some(material.title) },
            targets: targets.into_iter().map(|target| target.as_str().to_owned()).collect(),
            tone: None,
            instructions: Some(material.instructions).filter(|_| !builtin),
            model: None,
            force: false,
            starts_at: None,
        };
        let of = OfTrend {
            id: material.trend,
            angle: material.angle.map(|angle| angle.id),
            url: material.url,
            reported: Some(material.reported),
        };
        self.create_generation_of(access, request, Some(&of), context).await
    }
}
